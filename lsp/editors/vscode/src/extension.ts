import * as vscode from 'vscode';
import { LanguageClient, State } from 'vscode-languageclient/node';
import { Answers } from './answers';
import { showGraph } from './graph';
import { keepIndentation } from './indentation';
import { Outputs } from './outputs';
import { findProgram, explainMissing, Program } from './program';
import { Verdict } from './verdict';

let client: LanguageClient | undefined;
let verdict: Verdict;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const answers = new Answers();
  const outputs = new Outputs();
  verdict = new Verdict();
  const on = (name: string, run: () => unknown) => context.subscriptions.push(vscode.commands.registerCommand(name, run));
  on('nbc.showWhoCan', () => ask('nbc.whoCan', (answer) => answers.show('Who may use', answer)));
  on('nbc.showWhy', () => ask('nbc.why', (answer) => answers.show('May do', answer)));
  on('nbc.showAccessDiff', () => ask('nbc.accessDiff', (answer) => answers.show('Access by unsaved changes', answer)));
  on('nbc.showOutput', () => ask('nbc.previewOutput', (answer) => outputs.choose(answer.files ?? [])));
  on('nbc.showGraph', async () => showGraph((await findProgram(context)).path, await path()));
  on('nbc.showProblems', () => vscode.commands.executeCommand('workbench.actions.view.problems'));
  on('nbc.showLog', () => client?.outputChannel.show());
  on('nbc.restart', () => start(context));
  context.subscriptions.push(answers, outputs, verdict, keepIndentation());
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('nbc.path') && start(context)),
  );
  await start(context);
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

/** Starts the server, or again; says what to do when there is no program. */
async function start(context: vscode.ExtensionContext): Promise<void> {
  await client?.dispose();
  client = undefined;
  const program = await findProgram(context);
  if (program.problem !== undefined) {
    verdict.missing(program);
    await explainMissing(program);
    return;
  }
  client = connect(program);
  client.onDidChangeState(({ newState }) => verdict.running(newState === State.Running));
  try {
    await client.start();
  } catch (problem) {
    verdict.missing({ ...program, problem: String(problem) });
    await explainMissing({ ...program, problem: `it stopped at once (${problem})` });
  }
}

function connect(program: Program): LanguageClient {
  const files = ['nbc.toml', '*.cedar', 'environment.yml', '*.j2'].map((pattern) => ({ scheme: 'file', pattern: `**/${pattern}` }));
  return new LanguageClient(
    'nbc',
    'nbc',
    { command: program.path, args: ['lsp'] },
    { documentSelector: [{ scheme: 'file', language: 'nbc' }, { scheme: 'nbc', language: 'nbc' }, ...files] },
  );
}

/** What the server answers to a command: text to read, or files. */
interface Answer {
  path?: string;
  markdown?: string;
  files?: { stage?: string; path: string; text: string }[];
}

/** Asks about the place of the cursor. A refusal is the server's own sentence. */
async function ask(command: string, then: (answer: Answer) => unknown): Promise<void> {
  if (client === undefined) {
    await vscode.window.showWarningMessage('nbc is not running, so it cannot answer.', 'Start It') && vscode.commands.executeCommand('nbc.restart');
    return;
  }
  const editor = vscode.window.activeTextEditor;
  const place = editor && {
    textDocument: { uri: client.code2ProtocolConverter.asUri(editor.document.uri) },
    position: editor.selection.active,
  };
  try {
    await then(await client.sendRequest('workspace/executeCommand', { command, arguments: place ? [place] : [] }));
  } catch (problem) {
    vscode.window.showWarningMessage(`nbc: ${problem instanceof Error ? problem.message : problem}`);
  }
}

/** The declaration under the cursor, as `group.ml`. */
async function path(): Promise<string | undefined> {
  let found: string | undefined;
  await ask('nbc.whoCan', (answer) => (found = answer.path));
  return found;
}
