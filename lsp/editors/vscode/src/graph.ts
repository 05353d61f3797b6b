import { execFile } from 'node:child_process';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** Draws what is around a declaration, of the files as they are saved. */
export async function showGraph(program: string, declaration: string | undefined): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (declaration === undefined || editor === undefined) {
    return;
  }
  await editor.document.save();
  const folder = path.dirname(editor.document.uri.fsPath);
  const root = vscode.workspace.getWorkspaceFolder(editor.document.uri)?.uri.fsPath ?? folder;
  execFile(program, ['graph', '--focus', declaration, '--format', 'svg', '-C', root], (problem, drawing, complaint) => {
    if (!drawing.includes('<svg')) {
      vscode.window.showWarningMessage(`nbc: ${complaint.trim() || problem?.message}`);
      return;
    }
    const panel = vscode.window.createWebviewPanel('nbc.graph', `Around ${declaration}`, vscode.ViewColumn.Beside, {});
    panel.webview.html = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><body style="background: white">${drawing}</body>`;
  });
}
