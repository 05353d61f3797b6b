/* measure SECONDS OUT ERR CWD COMMAND ARGUMENTS...
   Runs COMMAND in CWD, its stdout to OUT and its stderr to ERR, and prints: wall s, user s, system s, peak memory KiB, exit code.
   Exit code 124 means that it ran longer than SECONDS and was ended. A small C parent, because a child starts with its parent's
   memory: under Python the peak of a small program would be Python's. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t too_late;

static void end_child(int signal_number) {
  (void)signal_number;
  too_late = 1;
  kill(-child, SIGKILL);
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

static void become(char **argument) {
  int to = O_WRONLY | O_CREAT | O_TRUNC;
  setpgid(0, 0);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(argument[2], to, 0644), STDOUT_FILENO);
  dup2(open(argument[3], to, 0644), STDERR_FILENO);
  if (chdir(argument[4]) != 0) _exit(126);
  execvp(argument[5], argument + 5);
  _exit(127);
}

int main(int count, char **argument) {
  if (count < 6) return 2;
  struct timespec before, after;
  struct rusage used;
  int status;
  signal(SIGALRM, end_child);
  clock_gettime(CLOCK_MONOTONIC, &before);
  child = fork();
  if (child == 0) become(argument);
  setpgid(child, child);
  alarm((unsigned)atoi(argument[1]));
  while (wait4(child, &status, 0, &used) < 0) { }
  clock_gettime(CLOCK_MONOTONIC, &after);
  int code = too_late ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  double wall = after.tv_sec - before.tv_sec + (after.tv_nsec - before.tv_nsec) / 1e9;
  printf("%.6f %.6f %.6f %ld %d\n", wall, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss, code);
  return 0;
}
