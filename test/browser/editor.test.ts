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

  const complaints: [type: string, property: string, value: string, says: RegExp, values?: object][] = [
    ['window-count', 'size', '10 parsecs', /^"10 parsecs" is not a duration.*5m/u],
    ['window-count', 'size', '0s', /^has to be longer than nothing/u],
    ['window-count', 'slide', '2m', /^"2m" is longer than 1m. Write 1m or less/u, { window: 'sliding' }],
    ['window-count', 'timeZone', 'Mars/Olympus', /^"Mars\/Olympus" is not a time zone.*Asia\/Shanghai/u],
    ['window-count', 'key', 'a..b', /^"a\.\.b" is not a path/u],
    ['kafka-in', 'topic', '', /^is needed, but empty/u],
    ['twitter-poll', 'rate', '-1', /^-1 is too small: at least 0/u],
    ['hbase-sink', 'table', 'a b', /^"a b" is not a name for a table/u],
    ['hdfs-sink', 'rollSize', 'large', /^"large" is not a size.*64MB/u],
    ['kafka-cluster', 'brokers', 'one:9092, two:x', /^"two:x" is not the address of a broker/u, { mode: 'kafka' }],
    ['twitter-account', 'apiUrl', 'x.com', /^"x.com" is not an address.*https/u],
  ];
  for (const [type, property, value, says, values = {}] of complaints) {
    it(`says beside the field what is wrong with ${property} "${value}" of ${type}, and that it is right again`, async () => {
      const spec = specOf(type);
      const dialog = await editor.openDialog(spec, await editor.add(spec, values as Record<string, unknown>));
      await dialog.unfold();
      const before = await dialog.field(property).inputValue();
      assert.equal(await dialog.fault(property), '', 'a new node complains before anybody has touched it');
      await dialog.set(property, value);
      assert.match(await dialog.fault(property), says);
      assert.equal(await dialog.field(property).getAttribute('aria-invalid'), 'true');
      assert.match(
        String(await dialog.field(property).getAttribute('aria-describedby')),
        new RegExp(`-${property}-fault`, 'u'),
      );
      await dialog.set(property, before === '' && spec.properties[property]?.required === true ? 'tweets' : before);
      assert.equal(await dialog.fault(property), '');
      assert.equal(await dialog.field(property).getAttribute('aria-invalid'), 'false');
      await dialog.done();
    });
  }

  it('says what is wrong with a column, and with a list of boxes of which none is ticked', async () => {
    const sink = await editor.openDialog(specOf('hbase-sink'), await editor.add(specOf('hbase-sink')));
    await sink.pairs('columns').first().locator('[data-role=name]').fill('text');
    assert.match(await sink.fault('columns'), /^"text" is not a column. Write family and qualifier/u);
    await sink.done();
    const tags = await editor.openDialog(specOf('hashtag-extract'), await editor.add(specOf('hashtag-extract')));
    await tags.row('kinds').locator('input[value=hashtag]').uncheck();
    assert.match(await tags.fault('kinds'), /^is needed/u);
    await tags.done();
  });

  it('shows user and password of a Kafka cluster only with a log-in', async () => {
    const spec = specOf('kafka-cluster');
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    const folded = ['clientId', 'createTopics', 'partitions', 'retention'];
    const seen = async (): Promise<string[]> =>
      (await dialog.lines()).filter(({ name, visible }) => visible && !folded.includes(name)).map(({ name }) => name);
    await dialog.set('mode', 'kafka');
    assert.deepEqual(await seen(), ['mode', 'brokers', 'tls', 'saslMechanism']);
    await dialog.set('saslMechanism', 'scram-sha-256');
    assert.deepEqual(await seen(), ['mode', 'brokers', 'tls', 'saslMechanism', 'user', 'password']);
    await dialog.set('mode', 'embedded');
    assert.deepEqual(await seen(), ['mode']);
    await dialog.done();
  });

  it('names in the folded part what differs from the defaults', async () => {
    const spec = specOf('kafka-in');
    const dialog = await editor.openDialog(spec, await editor.add(spec, { retries: 5 }));
    const changed = editor.page.locator('.pulseflow-changed:visible');
    assert.equal(await changed.innerText(), '(changed: Retries)');
    await dialog.unfold();
    await dialog.set('maxBatch', '50');
    assert.equal(await changed.innerText(), '(changed: Batch size and Retries)');
    await dialog.set('maxBatch', '500');
    await dialog.set('retries', '3');
    assert.equal(await changed.innerText(), '(defaults)');
    await dialog.done();
  });

  it('shows the default of a setting that a node was saved without, and takes the node for sound', async () => {
    const spec = specOf('window-count');
    const id = await editor.add(spec, { size: undefined, delay: undefined, details: undefined });
    assert.equal(await editor.isValid(id), true);
    const dialog = await editor.openDialog(spec, id);
    for (const [name, value] of Object.entries({ size: '1m', delay: '10s', details: 'counts' })) {
      assert.equal(await dialog.field(name).inputValue(), value, name);
    }
    await dialog.done();
  });

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
    if ((decider.kind !== 'choice' && decider.kind !== 'flag') || dependsOn(deciding).length === 0) continue;
    await bringIntoPlay(dialog, deciding);
    const values = decider.kind === 'choice' ? decider.choices : ['false', 'true'];
    for (const value of [...values, String(decider.default)]) {
      await dialog.set(deciding, value);
      const now = await hidden();
      for (const [name, { when }] of dependsOn(deciding)) {
        assert.equal(now.includes(name), when?.is.includes(value) !== true, `${name}, with ${deciding} "${value}"`);
      }
    }
    await restoreDeciders(dialog, deciding);
  }
}

/** Tries a wrong and a right value of each property, and leaves all as they were. */
async function assertMarkedWhenWrong(dialog: Dialog): Promise<void> {
  for (const [name, property] of Object.entries(dialog.spec.properties)) {
    const wrong = wrongValue(property);
    if (wrong === undefined) continue;
    await bringIntoPlay(dialog, name);
    await dialog.set(name, wrong);
    assert.equal(await dialog.isMarked(name), true, `${name}: "${wrong}" is not marked`);
    await dialog.set(name, rightValue(property));
    assert.equal(await dialog.isMarked(name), false, `${name}: "${rightValue(property)}" is marked`);
    await dialog.set(name, preset(property));
    await restoreDeciders(dialog, name);
  }
}

/** Sets what decides on a property, and what decides on that in its turn, so that the property matters. */
async function bringIntoPlay(dialog: Dialog, name: string): Promise<void> {
  const when = dialog.spec.properties[name]?.when;
  if (when === undefined) return;
  await bringIntoPlay(dialog, when.property);
  await dialog.set(when.property, when.is[0] ?? '');
}

async function restoreDeciders(dialog: Dialog, name: string): Promise<void> {
  const deciding = dialog.spec.properties[name]?.when?.property;
  const decider = dialog.spec.properties[deciding ?? ''];
  if (deciding === undefined || decider === undefined) return;
  await dialog.set(deciding, preset(decider));
  await restoreDeciders(dialog, deciding);
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
