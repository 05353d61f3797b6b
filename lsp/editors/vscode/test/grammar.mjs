// usage: node test/grammar.mjs   colours a text by the TextMate grammar and compares with grammar.txt, line by line;
// UPDATE=1 writes it. Then every example is coloured: a text or comment that never ends would swallow the lines after it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
const require = createRequire(import.meta.url);
const { Registry, parseRawGrammar, INITIAL } = require('vscode-textmate');
const { loadWASM, OnigScanner, OnigString } = require('vscode-oniguruma');

const here = import.meta.dirname;
await loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
const source = path.join(here, '../syntaxes/nbc.tmLanguage.json');
// VS Code brings its own; here it is enough to see that it is asked.
const yaml = { scopeName: 'source.yaml', patterns: [{ match: '[a-z]+(?=:)', name: 'entity.name.tag.yaml' }] };
const registry = new Registry({
  onigLib: Promise.resolve({ createOnigScanner: (patterns) => new OnigScanner(patterns), createOnigString: (text) => new OnigString(text) }),
  loadGrammar: async (scope) => (scope === 'source.nbc' ? parseRawGrammar(readFileSync(source, 'utf8'), source) : yaml),
});
const grammar = await registry.loadGrammar('source.nbc');

/** Each line with its words and what they are. */
function coloured(text) {
  let stack = INITIAL;
  return text.trimEnd().split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    const words = tokens
      .map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex).trim(), scopes.slice(1).join(' ').replaceAll('.nbc', '')])
      .filter(([word, scope]) => word !== '' && scope !== '');
    return { line, words, depth: stack.depth };
  });
}

let faults = 0;
const printed = coloured(readFileSync(path.join(here, 'grammar.nbc'), 'utf8'))
  .map(({ line, words }) => [line, ...words.map(([word, scope]) => `    ${word}  ${scope}`)].join('\n'))
  .join('\n') + '\n';
const expected = path.join(here, 'grammar.txt');
if (process.env.UPDATE) {
  writeFileSync(expected, printed);
} else if (readFileSync(expected, 'utf8') !== printed) {
  console.log('the colours of test/grammar.nbc are others; UPDATE=1 writes them, then read the difference');
  faults += 1;
}

const examples = path.join(here, '../../../../examples');
const files = readdirSync(examples, { recursive: true }).filter((name) => name.endsWith('.nbc'));
for (const name of files) {
  const lines = coloured(readFileSync(path.join(examples, name), 'utf8'));
  if (lines.at(-1).depth !== 1) {
    console.log(`${name}: something is still open at its end`);
    faults += 1;
  }
}
console.log(`grammar: ${files.length} examples, ${faults} faults`);
process.exitCode = faults === 0 && files.length > 0 ? 0 : 1;
