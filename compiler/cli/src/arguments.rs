//! What can be typed. Each line of help says whether the command reads or writes files.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Compiles a data-science platform: people, teams, quotas, environments and access, judged before anything is written.
#[derive(Debug, Parser)]
#[command(name = "nbc", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Judge one stage only
    #[arg(long, value_name = "STAGE", global = true)]
    pub stage: Option<String>,
    /// Judge this day instead of today, as 2026-11-20
    #[arg(long, value_name = "DATE", global = true)]
    pub as_of: Option<String>,
    /// How to say it
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    pub format: Format,
    /// Findings only, no summary
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colour; NO_COLOR means never
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    /// One finding a line
    Concise,
    /// Findings for code scanning, SARIF 2.1.0
    Sarif,
    /// Findings or tests for a CI's test report
    Junit,
    /// Findings as annotations of a GitHub workflow
    Github,
    /// Findings as a GitLab code quality report
    Gitlab,
    /// Markdown, for a comment or a page
    Md,
    /// A table for programs
    Csv,
    /// A spreadsheet; needs `-o`
    Xlsx,
    /// A drawing for Graphviz; of `graph`
    Dot,
    /// A drawing for Markdown; of `graph`
    Mermaid,
    /// A drawing for browsers; of `graph`
    Svg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge names, types, rules, access and tests. Reads files
    Check(CheckArguments),
    /// Write what Kubernetes, Keycloak and the others read. Reads files, writes files
    Build(BuildArguments),
    /// Start a platform from a template. Writes files
    Init(InitArguments),
    /// Run tests in detail; say which rules no test would notice. Reads files
    Test(TestArguments),
    /// List things, or show one thing with all its values. Reads files
    Show(ShowArguments),
    /// What a change means for access, money, values and files. Reads files
    Diff(DiffArguments),
    /// May a change be merged: judged by the base, with who must approve. Reads files
    Review(ReviewArguments),
    /// Does a change give anybody at all anything: a proof, or who would gain. Reads files
    Prove(ProveArguments),
    /// Why a value, a place in a file or a message is what it is. Reads files
    Explain(ExplainArguments),
    /// What a kind, a field or a type means, or a page of the book. Reads files
    Docs(DocsArguments),
    /// Who may do what, with the lines that say so. Reads files
    Audit(AuditArguments),
    /// Draw what depends on what. Reads files
    Graph(GraphArguments),
    /// Write files in the one style. Reads files, writes files
    Fmt(FmtArguments),
    /// Apply the corrections that messages offer. Reads files, writes files
    Fix(FixArguments),
    /// The value of an expression in this workspace. Reads files
    Eval(EvalArguments),
    /// A script that completes commands in a shell. Neither reads nor writes files
    Completions(CompletionsArguments),
    /// The manual page, for `man -l -`. Neither reads nor writes files
    Man(ManArguments),
    /// Files that make a forge ask nbc: workflow, code owners, hooks. Writes files
    Setup(SetupArguments),
    /// What keeps an editor from nbc, and the way out. Reads files
    Doctor(DoctorArguments),
    /// Copy a package into `packages/`, or all of them again. Reads files, writes files
    Vendor(VendorArguments),
    /// Answer an editor over standard input and output; its extension starts it. Reads files
    Lsp(LspArguments),
}

#[derive(Debug, clap::Args)]
pub struct DiffArguments {
    /// Two revisions of git; without HEAD the files as they are, without BASE the last commit
    #[arg(value_name = "BASE..HEAD", default_value = "HEAD")]
    pub range: String,
    /// Compare these alone
    #[arg(long, value_name = "PART", value_delimiter = ',', value_enum)]
    pub only: Vec<Part>,
    /// End with 1 where something differs
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Debug, clap::Args)]
pub struct ReviewArguments {
    /// Two revisions of git: what holds, and what is proposed
    #[arg(value_name = "BASE..HEAD")]
    pub range: String,
    /// Who proposes it, by the login at the forge
    #[arg(long, value_name = "LOGIN")]
    pub author: String,
    /// Who approved this very HEAD
    #[arg(long, value_name = "LOGIN", value_delimiter = ',', num_args = 0..)]
    pub approved_by: Vec<String>,
    /// The key of `accounts` that logins are looked up in; otherwise `gitlab` with --format gitlab, else `github`
    #[arg(long, value_name = "NAME")]
    pub forge: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Ends with 0 where nobody gains, 1 where somebody does, 2 where it is not proved.\n\n\
Covered: whoever is declared, today and on later days of which the files speak; and every person or service \
that could be declared, with whatever attributes and memberships, on everything that the head declares and on \
things to come. Declarations count like policies: a grant, a role, a new member, a group put into another. Not \
covered: what servers allow beside what nbc writes for them, rules, money, and who may change the files.")]
pub struct ProveArguments {
    /// Two revisions of git: what holds, and what must not give more
    #[arg(value_name = "BASE..HEAD", default_value = "HEAD")]
    pub range: String,
}

/// What `diff` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Who gains and who loses what
    Access,
    /// What groups and departments pay
    Money,
    /// Values, rules and settings
    Configuration,
    /// The files that `build` would write
    Output,
}

#[derive(Debug, clap::Args)]
pub struct InitArguments {
    /// The new folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// What to start from; `--list` says what there is
    #[arg(long, value_name = "NAME", default_value = "lab")]
    pub template: String,
    /// List the templates
    #[arg(long)]
    pub list: bool,
}

#[derive(Debug, clap::Args)]
pub struct TestArguments {
    /// Those tests whose name has this in it
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// List the rules, policies and conditions of yours that no test would notice
    #[arg(long)]
    pub coverage: bool,
}

#[derive(Debug, clap::Args)]
pub struct LspArguments {
    /// What some editors say; there is no other way
    #[arg(long, hide = true)]
    pub stdio: bool,
}

#[derive(Debug, clap::Args)]
pub struct SetupArguments {
    #[command(subcommand)]
    pub what: Setup,
}

/// What is set up.
#[derive(Debug, Subcommand)]
pub enum Setup {
    /// A workflow that checks, reviews, and keeps one comment up to date
    Ci {
        /// Where the repository lies
        #[arg(value_enum)]
        forge: Forge,
        /// The command by which a runner gets this very version of nbc; without it the runner or image must have it
        #[arg(long, value_name = "COMMAND")]
        install: Option<String>,
        /// The image that jobs of GitLab run in
        #[arg(long, value_name = "IMAGE")]
        image: Option<String>,
    },
    /// Who is asked about which file, from the owners in the files
    Codeowners {
        /// The key of `accounts` that logins are taken from
        #[arg(long, value_name = "NAME", default_value = "github")]
        forge: String,
    },
    /// Hooks that run `fmt --check` and `check` before a commit
    PreCommit,
}

/// Where a repository lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Forge {
    Github,
    Gitlab,
}

#[derive(Debug, clap::Args)]
pub struct DoctorArguments {
    #[command(subcommand)]
    pub what: Doctor,
}

/// What is looked at.
#[derive(Debug, Subcommand)]
pub enum Doctor {
    /// The program, its server, the workspace, and the editors on this computer
    Editor(EditorArguments),
}

#[derive(Debug, clap::Args)]
pub struct EditorArguments {
    /// The folder in which editors keep their settings, instead of the home folder
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Folders in which an editor looks for programs, instead of PATH
    #[arg(long, value_name = "PATH")]
    pub path: Option<OsString>,
}

#[derive(Debug, clap::Args)]
pub struct VendorArguments {
    /// The folder to copy, such as a checkout of a repository; without it, every package of nbc.lock is copied again
    #[arg(value_name = "FOLDER")]
    pub folder: Option<String>,
    /// The word before the `/` of its names; without it, the name of the folder
    #[arg(long, value_name = "NAME", requires = "folder")]
    pub name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// `profile`, or `group.ml-research`
    #[arg(value_name = "KIND or KIND.NAME")]
    pub what: Option<String>,
    /// These fields: `title,quota.cpu`; `handle` and `place` too
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Defaults too, not only what somebody said
    #[arg(long)]
    pub effective: bool,
}

#[derive(Debug, clap::Args)]
pub struct ExplainArguments {
    /// `group.ml-research.quota.cpu`, `teams/ml.nbc:14:10`, `people.csv:12`, `out/kubernetes/lab/quota.yaml:9`,
    /// `out/keycloak/lab-realm.json:/users/0/email`, `NBC0203` or `unknown-name`
    #[arg(value_name = "PLACE")]
    pub place: String,
}

#[derive(Debug, clap::Args)]
pub struct DocsArguments {
    /// `group`, `group.quota.budget`, `Classification` or `stages`; without it, all that there is
    #[arg(value_name = "KIND, KIND.FIELD, TYPE or PAGE")]
    pub what: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct AuditArguments {
    #[command(subcommand)]
    pub question: Question,
    /// Write the answer of a list into this file
    #[arg(short, long, value_name = "FILE", global = true)]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Question {
    #[command(flatten)]
    Access(AccessQuestion),
    #[command(flatten)]
    List(ListQuestion),
}

/// Questions about one person or thing, asked of the policies.
#[derive(Debug, Subcommand)]
pub enum AccessQuestion {
    /// Everybody who can do it
    WhoCan {
        /// `read`, `launch`, `environment.edit` …
        action: String,
        /// `cohort-7`, or `data-source.cohort-7`
        resource: String,
        /// Exit 1 unless the answer is this: `yes` (somebody), `no` (nobody), or a number of people
        #[arg(long, value_name = "yes, no or N")]
        expect: Option<String>,
    },
    /// Everything that one person or service can do
    WhatCan {
        /// `ana`, or `user.ana`
        who: String,
        /// Exit 1 unless the answer is this: `yes` (something), `no` (nothing), or a number of things
        #[arg(long, value_name = "yes, no or N")]
        expect: Option<String>,
    },
    /// Why somebody can or cannot
    Why {
        /// `ana`, or `user.ana`
        who: String,
        /// `read`, `launch`, `environment.edit` …
        action: String,
        /// `cohort-7`, or `data-source.cohort-7`
        resource: String,
        /// Exit 1 unless the answer is this
        #[arg(long, value_name = "yes or no")]
        expect: Option<String>,
    },
}

/// Questions whose answer is a list.
#[derive(Debug, Subcommand)]
pub enum ListQuestion {
    /// All of it: who may do what; a row a decision with --format csv or json
    Matrix,
    /// What ends or comes due, soonest first
    Expiring {
        /// So near: `30d`, `6w`
        #[arg(long, value_name = "DAYS")]
        within: Option<String>,
    },
    /// What nothing refers to
    Unreferenced,
    /// Grants that a policy takes away
    Conflicts,
    /// Exceptions from rules, with who approved them
    Waivers,
    /// What people wrote for a target by hand
    Raw,
    /// What still names a person
    Leftovers {
        /// `ana`, or `user.ana`
        who: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct GraphArguments {
    /// Around this declaration
    #[arg(long, value_name = "KIND.NAME")]
    pub focus: Option<String>,
    /// So many references away
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub depth: usize,
    /// What refers to this declaration, directly or through others
    #[arg(long, value_name = "KIND.NAME")]
    pub affected_by: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// A workspace, or one `.nbc` file, `environment.yml` or `pixi.toml` by itself
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Judge again whenever a file changes; Ctrl-C ends
    #[arg(long)]
    pub watch: bool,
    /// Judge everything, and show only what is found in files that changed since this revision
    #[arg(long, value_name = "BASE")]
    pub changed: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct EvalArguments {
    /// `group.ml-research.quota.cpu * 2`, `[p.memory for p in group.lab.profiles]` …
    #[arg(value_name = "EXPR")]
    pub expression: String,
}

#[derive(Debug, clap::Args)]
pub struct CompletionsArguments {
    /// `source <(nbc completions bash)` in `.bashrc`; other shells have a folder for such scripts
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub struct ManArguments {
    /// Of one command
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct FmtArguments {
    /// Files, or folders of a workspace; `-` is a text from standard input. The whole workspace if nothing is named
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit 1 where a file is not in the style
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}

#[derive(Debug, clap::Args)]
pub struct FixArguments {
    /// The workspace, or one `.nbc` file by itself
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Also corrections that may change what was meant
    #[arg(long)]
    pub r#unsafe: bool,
    /// These messages only, as `NBC0203` or `unknown-name`
    #[arg(long, value_name = "CODE or NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Write nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}

#[derive(Debug, clap::Args)]
pub struct BuildArguments {
    /// The workspace
    #[arg(value_name = "DIR")]
    pub path: Option<PathBuf>,
    /// The folder to write; replaced whole, and left alone when the build fails
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
    /// These targets only
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Say beside each value where it was declared
    #[arg(long)]
    pub annotate: bool,
    /// Write nothing; exit 1 where OUT is not what would be written
    #[arg(long)]
    pub check: bool,
}
