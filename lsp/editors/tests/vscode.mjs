// usage: node vscode.mjs   tries nbc in VS Code's workbench, in Chromium; see `vscode`. One line a check, pictures in $RUN.
import { createRequire } from 'node:module';
import path from 'node:path';
const { EDITORS, CODE_URL, WORKSPACE, RUN } = process.env;
const { chromium } = createRequire(path.join(EDITORS, 'package.json'))('playwright-core');

let failed = 0;
/** Waits until something is so; prints whether it came to be. */
async function check(name, holds) {
  const end = Date.now() + 30_000;
  let seen;
  do {
    seen = await holds().catch((problem) => ({ problem: String(problem).split('\n')[0] }));
    if (seen === true) {
      console.log(`ok    ${name}`);
      return;
    }
    await page.waitForTimeout(250);
  } while (Date.now() < end);
  failed += 1;
  console.log(`FAIL  ${name}: ${JSON.stringify(seen)}`);
  await shot(`fail-${failed}`);
}
const shot = (name) => page.screenshot({ path: path.join(RUN, `vscode-${name}.png`) });
const text = async (selector) => (await page.locator(selector).allTextContents()).join('\n').replaceAll('\u00a0', ' ');
const shows = (selector, part) => async () => { const found = await text(selector); return found.includes(part) || found.slice(0, 300); };

/** Puts the cursor at a place, counted from 1. */
async function goTo(line, column) {
  await page.keyboard.press('Control+g');
  await page.keyboard.type(`${line}:${column}`);
  await page.keyboard.press('Enter');
}
async function command(title) {
  await page.keyboard.press('F1');
  await page.keyboard.type(title);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const file = `vscode-remote://${new URL(CODE_URL).host}${WORKSPACE}/team.nbc`;
await page.goto(`${CODE_URL}/?folder=${WORKSPACE}&payload=${encodeURIComponent(JSON.stringify([['openFile', file]]))}`);
await page.locator('.monaco-editor[data-uri$="team.nbc"]').first().waitFor({ timeout: 130_000 });

await check('a name that nobody has is underlined', async () => (await page.locator('.squiggly-error').count()) > 0);
await check('the status bar has the verdict', shows('.statusbar', 'nbc: 1 error'));
await command('View: Toggle Problems');
await check('the Problems panel says it in words', shows('.markers-panel', 'carl'));
await check('words have the colours of what they are', async () => new Set(await page.locator('.view-line span[class^="mtk"]').evaluateAll((spans) => spans.map((span) => span.className))).size >= 4);
await shot('problems');

await command('View: Toggle Problems');
await page.locator('.monaco-editor[data-uri$="team.nbc"] .view-line').first().click();
await goTo(1, 52);
for (let letters = 'carl'.length; letters > 0; letters -= 1) await page.keyboard.press('Backspace');
await page.keyboard.press('Control+Space');
await check('completion offers people by their names', shows('.suggest-widget', 'Bo Lund'));
await shot('completion');
await page.keyboard.press('Enter');
await check('a person is written as their handle', shows('.view-line', 'members: [ana, bo]'));
await check('the verdict follows', shows('.statusbar', 'nbc: 1 warning'));

await page.locator('.monaco-editor[data-uri$="team.nbc"] .view-line span', { hasText: /^ana$/ }).first().hover();
await check('hover says who it is', shows('.monaco-hover', 'Ana Silva'));
await shot('hover');
await page.keyboard.press('Escape');
await page.keyboard.press('Control+s');

await goTo(1, 45);
await page.keyboard.press('F2');
await check('rename asks for a name', async () => page.locator('.rename-box input').isVisible());
await shot('rename');
await page.keyboard.press('Control+a');
await page.keyboard.type('anna');
await page.keyboard.press('Enter');
await check('rename changes every place', shows('.view-line', 'owners: [anna], members: [anna, bo]'));
await command('File: Save All');

await goTo(1, 9);
await command('Who May Use This');
// The pages of answers are frames of their own; the window around them has their titles only.
const answer = () => page.frames().slice(1).map(async (frame) => frame.locator('body').innerText({ timeout: 1000 }).catch(() => ''));
const answered = (part) => async () => { const texts = await Promise.all(answer()); return texts.some((found) => found.includes(part)) || texts.join('\n').slice(0, 300); };
await check('who may use a thing is a page beside it', answered('manage'));
await shot('who-can');

await page.locator('.monaco-editor[data-uri$="team.nbc"] .view-line').first().click();
await goTo(1, 52);
for (let letters = ', bo'.length; letters > 0; letters -= 1) await page.keyboard.press('Backspace');
await command('Who Gains and Loses Access by Unsaved Changes');
await check('unsaved changes: who loses what', answered('loses: launch'));
await shot('access-diff');

await browser.close();
process.exit(failed === 0 ? 0 : 1);
