import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { Property } from '../../nodes/common/properties';
import type { NodeSpec } from '../../nodes/common/spec';
import { launchBrowser } from '../support/browser';
import { type Dialog, EditorPage, type Line } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { LANGUAGES, allSpecs, catalogue, words } from '../support/specs';

const specs = allSpecs();
const onCanvas = specs.filter((spec) => spec.config !== true);
const specOf = (type: string): NodeSpec => {
  const spec = specs.find((each) => each.type === type);
  assert.ok(spec, `package.json lists no ${type}`);
  return spec;
};

describe('the editor', () => {
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async () => {
    nodeRed = await startNodeRed({ flows: [{ id: 'aaaaaaaaaaaaaaaa', type: 'tab', label: 'test' }] });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });
  afterEach(() => editor.closeDialogs());

  it('has loaded every node without a complaint in the log or the console', () => {
    assert.deepEqual(editor.takeErrors(), []);
    assert.doesNotMatch(nodeRed.log(), /\[error\]|\[warn\] \[@pulseflow|missing types/iu);
  });

  for (const spec of onCanvas) {
    it(`has ${spec.type} in the palette with its label and an icon that loads`, async () => {
      const entry = editor.page.locator(`#red-ui-palette .red-ui-palette-node[data-palette-type="${spec.type}"]`);
      assert.equal(await entry.getAttribute('data-palette-label'), words(catalogue(spec.type, 'en-US'), 'label'));
      const icon = await entry.locator('.red-ui-palette-icon-container').getAttribute('data-palette-icon');
      assert.match(String(icon), new RegExp(`/pulseflow-${spec.type}\\.svg$`, 'u'));
      const answer = await editor.page.request.get(`${editor.url}/${String(icon)}`);
      assert.equal(answer.status(), 200);
      assert.match(answer.headers()['content-type'] ?? '', /^image\/svg\+xml/u);
      assert.match(await answer.text(), /<svg[\s>]/u);
    });
  }

  for (const spec of specs) {
    it(`opens the dialog of ${spec.type}: all labelled, explained, shown when it matters, marked when wrong`, async () => {
      const id = await editor.add(spec);
      const before = await editor.export(id);
      const dialog = await editor.openDialog(spec, id);
      await dialog.unfold();
      assertWords(spec, await dialog.lines());
      await assertShownWhenItMatters(dialog);
      await assertMarkedWhenWrong(dialog);
      await dialog.done();
      assert.deepEqual(editor.takeErrors(), []);
      assert.deepEqual(await editor.export(id), before, 'Done changes a node whose values are as before');
      const again = await editor.import(before);
      assert.deepEqual(await editor.export(again), { ...before, id: again });
    });
  }

  const complaints: [type: string, property: string, value: string, says: RegExp][] = [
    ['window-count', 'size', '10 parsecs', /Size: "10 parsecs" is not a duration.*5m/u],
    ['window-count', 'key', 'a..b', /Count: "a\.\.b" is not a path/u],
    ['kafka-in', 'topic', '', /Topic: is needed, but empty/u],
    ['twitter-poll', 'rate', '-1', /Posts a second: -1 is too small: at least 0/u],
  ];
  for (const [type, property, value, says] of complaints) {
    it(`says what is wrong with ${property} "${value}" of ${type}`, async () => {
      const spec = specOf(type);
      const dialog = await editor.openDialog(spec, await editor.add(spec));
      await dialog.set(property, value);
      assert.match(await dialog.complaint(property), says);
      await dialog.done();
    });
  }

  it('wants a config node where one is needed, and none where its setting does not matter', async () => {
    const sample = await editor.add(specOf('twitter-poll'));
    const search = await editor.add(specOf('twitter-poll'), { source: 'search', query: 'tea' });
    const cluster = await editor.add(specOf('kafka-cluster'));
    const reader = await editor.add(specOf('kafka-in'), { topic: 'tweets', cluster });
    const lost = await editor.add(specOf('kafka-in'), { topic: 'tweets', cluster: 'ffffffffffffffff' });
    assert.deepEqual(await Promise.all([sample, search, reader, lost].map((id) => editor.isValid(id))), [
      true,
      false,
      true,
      false,
    ]);
  });

  it('keeps what is entered into a map', async () => {
    const spec = specOf('hbase-sink');
    const id = await editor.add(spec);
    const dialog = await editor.openDialog(spec, id);
    assert.deepEqual(await mapShown(dialog, 'columns'), [['d:text', 'text']]);
    await dialog.row('columns').locator('.red-ui-editableList-addButton').click();
    const added = dialog.pairs('columns').last();
    await added.locator('[data-role=name]').fill('d:__proto__');
    await added.locator('[data-role=value]').fill('author.username');
    await dialog.done();
    const saved = (await editor.export(id)).columns as object;
    assert.equal(JSON.stringify(saved), '{"d:text":"text","d:__proto__":"author.username"}');
    const again = await editor.openDialog(spec, id);
    assert.deepEqual(await mapShown(again, 'columns'), [
      ['d:text', 'text'],
      ['d:__proto__', 'author.username'],
    ]);
    await again.done();
  });

  it('keeps which boxes are ticked', async () => {
    const spec = specOf('hashtag-extract');
    const id = await editor.add(spec);
    const dialog = await editor.openDialog(spec, id);
    await dialog.row('kinds').locator('input[value=hashtag]').uncheck();
    await dialog.row('kinds').locator('input[value=mention]').check();
    await dialog.done();
    assert.deepEqual((await editor.export(id)).kinds, ['mention']);
    const again = await editor.openDialog(spec, id);
    assert.equal(await again.row('kinds').locator('input:checked').inputValue(), 'mention');
    await again.done();
  });

  for (const language of LANGUAGES) {
    it(`names and explains every node, in ${language}`, async () => {
      const local = await EditorPage.open(browser, nodeRed.url, language);
      const common = catalogue('common', language);
      for (const spec of specs) {
        const own = catalogue(spec.type, language);
        const label = words(own, 'label') ?? '';
        const entry = local.page.locator(`#red-ui-palette [data-palette-type="${spec.type}"]`);
        if (spec.config !== true) assert.equal(await entry.getAttribute('data-palette-label'), label);
        const help = await local.help(spec.type, label);
        assert.ok(help.includes(words(common, 'properties') ?? '?'), `${spec.type}: the help lists no properties`);
        for (const name of Object.keys(spec.properties)) {
          const description = words(own, `properties.${name}.description`) ?? '?';
          assert.ok(help.includes(description), `${spec.type}: the help does not say "${description}":\n${help}`);
        }
      }
      const window = specOf('window-count');
      const dialog = await local.openDialog(window, await local.add(window));
      for (const name of ['key', 'window', 'size']) {
        const label = words(catalogue('window-count', language), `properties.${name}.label`);
        assert.equal(await dialog.row(name).locator('> label').innerText(), label);
      }
      await dialog.done();
      assert.deepEqual(local.takeErrors(), []);
      await local.close();
    });
  }
});

function assertWords(spec: NodeSpec, lines: readonly Line[]): void {
  const own = catalogue(spec.type, 'en-US');
  const word = (name: string, what: string): string | undefined => words(own, `properties.${name}.${what}`);
  const expected = Object.entries(spec.properties).map(([name, property]) => ({
    name,
    label: word(name, 'label'),
    hint: word(name, 'description'),
    choices:
      property.kind === 'choice' || property.kind === 'choices'
        ? property.choices.map((each) => word(name, `choices.${each}`))
        : [],
  }));
  const shown = lines.map(({ name, label, hint, choices }) => ({ name, label, hint, choices }));
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  assert.deepEqual(shown.sort(byName), expected.sort(byName));
}

/** Tries each value of each property that others depend on. */
async function assertShownWhenItMatters(dialog: Dialog): Promise<void> {
  const properties = Object.entries(dialog.spec.properties);
  const hidden = async (): Promise<string[]> =>
    (await dialog.lines()).filter(({ visible }) => !visible).map(({ name }) => name);
  const dependsOn = (deciding: string) => properties.filter(([, { when }]) => when?.property === deciding);
  for (const name of await hidden()) assert.ok(dialog.spec.properties[name]?.when, `${name} is hidden`);
  for (const [deciding, decider] of properties) {
    if (decider.kind !== 'choice' || dependsOn(deciding).length === 0) continue;
    for (const value of [...decider.choices, decider.default]) {
      await dialog.set(deciding, value);
      const now = await hidden();
      for (const [name, { when }] of dependsOn(deciding)) {
        assert.equal(now.includes(name), when?.is.includes(value) !== true, `${name}, with ${deciding} "${value}"`);
      }
    }
  }
}

/** Tries a wrong and a right value of each property, and leaves all as they were. */
async function assertMarkedWhenWrong(dialog: Dialog): Promise<void> {
  for (const [name, property] of Object.entries(dialog.spec.properties)) {
    const wrong = wrongValue(property);
    if (wrong === undefined) continue;
    const decider = property.when?.property;
    if (decider !== undefined) await dialog.set(decider, property.when?.is[0] ?? '');
    await dialog.set(name, wrong);
    assert.equal(await dialog.isMarked(name), true, `${name}: "${wrong}" is not marked`);
    await dialog.set(name, rightValue(property));
    assert.equal(await dialog.isMarked(name), false, `${name}: "${rightValue(property)}" is marked`);
    await dialog.set(name, preset(property));
    if (decider !== undefined) await dialog.set(decider, preset(dialog.spec.properties[decider] ?? property));
  }
}

async function mapShown(dialog: Dialog, name: string): Promise<string[][]> {
  const pairs = await dialog.pairs(name).all();
  return Promise.all(
    pairs.map(async (pair) => [
      await pair.locator('[data-role=name]').inputValue(),
      await pair.locator('[data-role=value]').inputValue(),
    ]),
  );
}

/** A value that the property does not allow, if there is one. */
function wrongValue(property: Property): string | undefined {
  switch (property.kind) {
    case 'duration':
      return '10 parsecs';
    case 'path':
      return 'a..b';
    case 'paths':
      return 'id, a..b';
    case 'template':
      return 'x/{{id';
    case 'number':
      return property.min === undefined ? undefined : String(property.min - 1);
    case 'text':
      return property.required === true ? '' : undefined;
    case 'flag':
    case 'choice':
    case 'choices':
    case 'map':
    case 'config':
    case 'credential':
      return undefined;
  }
}

function preset(property: Property): string {
  return typeof property.default === 'object' ? '' : String(property.default);
}

function rightValue(property: Property): string {
  const value = preset(property);
  return value === '' ? (property.example ?? (property.kind === 'duration' ? '10s' : 'id')) : value;
}
