import * as vscode from 'vscode';

/**
 * VS Code decides about indentation when a text is opened, which can be before it knows that the text is nbc's: then
 * what the settings say of nbc is given to the editor once more.
 */
export function keepIndentation(): vscode.Disposable {
  const apply = (editor: vscode.TextEditor | undefined) => {
    if (editor?.document.languageId !== 'nbc') {
      return;
    }
    const said = vscode.workspace.getConfiguration('editor', editor.document);
    editor.options = { tabSize: said.get<number>('tabSize', 2), insertSpaces: said.get<boolean>('insertSpaces', true) };
  };
  vscode.window.visibleTextEditors.forEach(apply);
  return vscode.window.onDidChangeActiveTextEditor(apply);
}
