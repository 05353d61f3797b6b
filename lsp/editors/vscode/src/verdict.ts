import * as vscode from 'vscode';
import { Program } from './program';

/** The verdict on the whole platform, in the status bar. */
export class Verdict implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('nbc.verdict', vscode.StatusBarAlignment.Left, 10);
  private readonly listener = vscode.languages.onDidChangeDiagnostics(() => this.show());
  private isRunning = false;

  constructor() {
    this.item.name = 'nbc';
    this.item.text = '$(loading~spin) nbc';
    this.item.show();
  }

  running(isRunning: boolean): void {
    this.isRunning = isRunning;
    this.show();
  }

  missing(program: Program): void {
    this.isRunning = false;
    this.item.text = '$(circle-slash) nbc: not running';
    this.item.tooltip = `${program.path}: ${program.problem}`;
    this.item.command = 'nbc.restart';
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
  }

  private show(): void {
    if (!this.isRunning) {
      return;
    }
    const [errors, warnings] = [vscode.DiagnosticSeverity.Error, vscode.DiagnosticSeverity.Warning].map(count);
    const said = [some(errors, 'error'), some(warnings, 'warning')].filter((text) => text !== '').join(', ');
    this.item.text = said === '' ? '$(check) nbc: nothing is wrong' : `${errors > 0 ? '$(error)' : '$(warning)'} nbc: ${said}`;
    this.item.tooltip = said === '' ? 'Names, types, rules and access are judged' : 'Show them';
    this.item.command = 'nbc.showProblems';
    this.item.backgroundColor = errors > 0 ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }
}

function count(severity: vscode.DiagnosticSeverity): number {
  const all = vscode.languages.getDiagnostics().flatMap(([, found]) => found);
  return all.filter((found) => found.source === 'nbc' && found.severity === severity).length;
}

function some(number: number, noun: string): string {
  return number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}`;
}
