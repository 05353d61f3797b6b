//! What can be typed. Each line of help says whether the command reads or writes files.

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge everything that files alone can tell: names, types, rules, access, tests. Reads files
    Check(CheckArguments),
    /// Write Kubernetes, Keycloak, JupyterHub, conda-store and Cedar files. Reads files, writes files
    Build(BuildArguments),
}

#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// A workspace, or one `.nbc` file by itself
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
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
