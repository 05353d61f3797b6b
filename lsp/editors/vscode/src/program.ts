import { execFile } from 'node:child_process';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The program `nbc`, and what is wrong with it, if anything is. */
export interface Program {
  path: string;
  from: 'setting' | 'extension' | 'PATH';
  version?: string;
  problem?: string;
}

/** The program of the setting; else the one that the extension carries; else the one on PATH. */
export async function findProgram(context: vscode.ExtensionContext): Promise<Program> {
  const name = process.platform === 'win32' ? 'nbc.exe' : 'nbc';
  const setting = vscode.workspace.getConfiguration('nbc').get<string>('path', '').trim();
  if (setting !== '') {
    return tried({ path: setting, from: 'setting' });
  }
  const carried = await tried({ path: path.join(context.extensionPath, 'bin', name), from: 'extension' });
  return carried.problem === undefined ? carried : tried({ path: name, from: 'PATH' });
}

function tried(program: Program): Promise<Program> {
  return new Promise((resolve) => {
    execFile(program.path, ['--version'], { timeout: 10_000 }, (problem, output) => {
      resolve(problem === null ? { ...program, version: output.trim() } : { ...program, problem: reason(problem) });
    });
  });
}

function reason(problem: Error & { code?: unknown }): string {
  switch (problem.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'it may not be run';
    default:
      return `it does not run (${problem.message.split('\n')[0]})`;
  }
}

/** Says in plain words what is missing, and offers the way out. */
export async function explainMissing(program: Program): Promise<void> {
  const text =
    program.from === 'setting'
      ? `The setting “nbc.path” says ${program.path}, but ${program.problem}.`
      : 'The program nbc was not found on this computer, so nothing is checked. Install it, or say where it is.';
  const [settings, again] = ['Say Where It Is', 'Try Again'];
  const chosen = await vscode.window.showErrorMessage(text, settings, again);
  if (chosen === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'nbc.path');
  } else if (chosen === again) {
    await vscode.commands.executeCommand('nbc.restart');
  }
}
