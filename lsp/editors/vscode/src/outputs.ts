import * as vscode from 'vscode';

const SCHEME = 'nbc-output';

/** A file as `nbc build` would write it. */
interface Output {
  stage?: string;
  path: string;
  text: string;
}

/** A place in the sources, as the written files name it beside a value. */
const PLACE = /([\w./-]+\.nbc):(\d+)/;

/** What nbc writes, beside the source; the lines of either that belong to the cursor in the other are marked. */
export class Outputs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
  });
  private readonly parts = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.follow(textEditor)),
    this.changed,
    this.mark,
  ];
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  async choose(files: Output[]): Promise<void> {
    const choices = files.map((file) => ({ label: file.path, description: file.stage ?? '', file }));
    const chosen = await vscode.window.showQuickPick(choices, { placeHolder: 'Which file, as nbc would write it?' });
    if (chosen === undefined) {
      return;
    }
    const path = `/${[chosen.file.stage, chosen.file.path].filter(Boolean).join('/')}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(path, chosen.file.text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  private follow(moved: vscode.TextEditor): void {
    const line = moved.selection.active.line;
    for (const other of vscode.window.visibleTextEditors) {
      if (moved.document.languageId === 'nbc' && other.document.uri.scheme === SCHEME) {
        this.show(other, linesFrom(other.document, moved.document.uri, line));
      } else if (moved.document.uri.scheme === SCHEME && other.document.languageId === 'nbc') {
        const place = PLACE.exec(moved.document.lineAt(line).text);
        this.show(other, place && other.document.uri.path.endsWith(`/${place[1]}`) ? [Number(place[2]) - 1] : []);
      }
    }
  }

  private show(editor: vscode.TextEditor, lines: number[]): void {
    editor.setDecorations(this.mark, lines.map((line) => new vscode.Range(line, 0, line, 0)));
    if (lines.length > 0) {
      editor.revealRange(new vscode.Range(lines[0], 0, lines[0], 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  dispose(): void {
    this.parts.forEach((part) => part.dispose());
  }
}

/** The lines of an output that come from this line of a source. */
function linesFrom(output: vscode.TextDocument, source: vscode.Uri, line: number): number[] {
  const lines = Array.from({ length: output.lineCount }, (_, at) => at);
  return lines.filter((at) => {
    const place = PLACE.exec(output.lineAt(at).text);
    return place !== null && Number(place[2]) === line + 1 && source.path.endsWith(`/${place[1]}`);
  });
}
