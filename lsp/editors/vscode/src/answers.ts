import * as vscode from 'vscode';

const SCHEME = 'nbc-answer';

/** Answers of the server, each a page beside the text it is about. */
export class Answers implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly pages = new Map<string, string>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? '';
  }

  async show(title: string, answer: { path?: string; markdown?: string }): Promise<void> {
    const name = answer.path === undefined ? title : `${title} ${answer.path}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `${name}.md` });
    const text = answer.markdown?.trim() || 'Nothing changes for anybody.';
    this.pages.set(uri.path, `# ${name}\n\n${text}\n`);
    this.changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
