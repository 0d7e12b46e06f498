import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { appendFile, mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gzipSync } from 'node:zlib';
import { SettingError } from '../../../lib/core/errors';
import { type FilePosition, FileReader, type FileReaderOptions } from '../../../lib/posts/fileReader';
import type { Page, ReaderStatus } from '../../../lib/posts/reader';

const shared = process.env.PULSEFLOW_SHARED ?? path.join(process.cwd(), '..', 'shared');
const never = new AbortController().signal;

interface Whole {
  records: unknown[];
  errors: string[];
  statuses: ReaderStatus[];
  last: Page<FilePosition>;
}

async function readAll(options: FileReaderOptions, position?: FilePosition, max = 7): Promise<Whole> {
  const reader = new FileReader(options, position);
  const whole: Omit<Whole, 'last'> = { records: [], errors: [], statuses: [] };
  for (;;) {
    const page = await reader.read(max, never);
    assert.ok(page.records.length + page.rejected.length <= max);
    for (const record of page.records) whole.records.push(record);
    for (const { error } of page.rejected) whole.errors.push(error.message);
    if (page.status) whole.statuses.push(page.status);
    if (page.end === true) {
      assert.equal(reader.progress(), 1);
      await reader.close();
      return { ...whole, last: page };
    }
  }
}

const posts = Array.from({ length: 50 }, (_, n) => ({ id: String(n), text: `Übung ${n} "quoted" 🎉, []{}\n` }));
const lines = posts.map((post) => JSON.stringify(post));

describe('posts/fileReader', () => {
  let folder: string;
  const put = async (name: string, content: string | Buffer): Promise<FileReaderOptions> => {
    await writeFile(path.join(folder, name), content);
    return { file: path.join(folder, name) };
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pulseflow-file-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const csv = `id,text\r\n${posts.map(({ id, text }) => `${id},"${text.replaceAll('"', '""')}"`).join('\r\n')}\r\n`;
  for (const [what, name, content] of [
    ['newline-delimited JSON', 'p.ndjson', lines.join('\n')],
    ['CRLF, blank lines and a byte order mark', 'p.jsonl', `\uFEFF${lines.join('\r\n\r\n')}\r\n`],
    ['a JSON array', 'p.json', `[${lines.join(',')}]`],
    ['a JSON array laid out for people', 'p.json', `\uFEFF\n ${JSON.stringify(posts, null, 2)}\n`],
    ['CSV', 'p.csv', csv],
    ['a JSON array of no known name', 'p.dat', `[${lines.join(',')}]`],
    ['newline-delimited JSON of no known name', 'p', lines.join('\n')],
    ['CSV of no known name', 'p.txt', csv],
  ] as const) {
    for (const zipped of [false, true]) {
      it(`reads ${what}${zipped ? ', gzipped' : ''}`, async () => {
        const options = await put(zipped ? `${name}.gz` : name, zipped ? gzipSync(content) : content);
        const { records, errors } = await readAll(options);
        assert.deepEqual(errors, []);
        assert.deepEqual(records, posts);
      });
    }
  }

  it('reads gzip by its first bytes, whatever the name, and several members one after another', async () => {
    const options = await put(
      'p.ndjson',
      Buffer.concat([gzipSync(`${lines.slice(0, 20).join('\n')}\n`), gzipSync(lines.slice(20).join('\n'))]),
    );
    assert.deepEqual((await readAll(options)).records, posts);
  });

  it('reads an empty file as one without records', async () => {
    for (const name of ['p.ndjson', 'p.csv', 'p.json']) {
      const { records, errors } = await readAll(await put(name, ''));
      assert.deepEqual([records, errors], [[], []]);
    }
    assert.deepEqual((await readAll(await put('empty.json', '[]'))).records, []);
  });

  it('rejects what is no record with its line, and goes on', async () => {
    const options = await put('bad.ndjson', '{"id":"1"}\n{"id":"2"\nnull\n[1]\n\n{"id":"3"}\n{"id":"4","te');
    const { records, errors } = await readAll(options);
    assert.deepEqual(records, [{ id: '1' }, { id: '3' }]);
    assert.equal(errors.length, 4);
    for (const [index, words] of [
      /^Line 2 of bad.ndjson is no valid JSON/u,
      /^Line 3 .* no JSON object/u,
      /^Line 4/u,
      /^Line 7/u,
    ].entries()) {
      assert.match(errors[index] ?? '', words);
    }
  });

  it('rejects broken elements of an array with the line on which they begin, and goes on', async () => {
    const { records, errors } = await readAll(
      await put('bad.json', '[{"id":"1"},\n{"id":oops},\n\n{"id":"]}"},\n5,\n{"id":"2"},]'),
    );
    assert.deepEqual(records, [{ id: '1' }, { id: ']}' }, { id: '2' }]);
    assert.match(errors[0] ?? '', /^Line 2 of bad.json/u);
    assert.match(errors[1] ?? '', /^Line 5 of bad.json is no JSON object/u);
  });

  for (const [what, content, count, words] of [
    ['is cut off within a record', '[{"id":"1"},\n{"id":"2', 1, /^Line 2 .* is cut off/u],
    ['is not closed', '[{"id":"1"},\n', 1, /not closed with \]/u],
    ['goes on after its end', '[{"id":"1"}]\n{"id":"2"}', 1, /^Line 2 .* after the end/u],
  ] as const) {
    it(`says where an array ${what}`, async () => {
      const { records, errors } = await readAll(await put('cut.json', content));
      assert.equal(records.length, count);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? '', words);
    });
  }

  for (const name of ['t.ndjson', 't.json', 't.csv']) {
    it(`reads all of a truncated gzip file (${name}) that is there, then says that it ends before its time`, async () => {
      const many = Array.from({ length: 5_000 }, (_, n) => ({ id: String(n), text: `${n * 7919} ${Math.sin(n)}` }));
      const content =
        name === 't.csv'
          ? `id,text\n${many.map(({ id, text }) => `${id},${text}`).join('\n')}`
          : name === 't.json'
            ? JSON.stringify(many)
            : many.map((each) => JSON.stringify(each)).join('\n');
      const whole = gzipSync(content);
      const { records, errors } = await readAll(
        await put(`${name}.gz`, whole.subarray(0, whole.length / 2)),
        undefined,
        500,
      );
      assert.ok(records.length > 2_000 && records.length < 3_000, `${records.length} records`);
      assert.deepEqual(records, many.slice(0, records.length));
      assert.match(errors.at(-1) ?? '', /ends before its time: the gzip data is cut off/u);
      assert.ok(errors.length <= 2);
    });
  }

  it('reads what comes before damage in a gzip file', async () => {
    const noise = Array.from({ length: 5_000 }, (_, n) => JSON.stringify({ id: String(n), x: Math.sin(n) })).join('\n');
    const damaged = gzipSync(noise);
    damaged.fill(0xff, damaged.length / 2, damaged.length / 2 + 200);
    const { records, errors } = await readAll(await put('d.ndjson.gz', damaged), undefined, 500);
    assert.ok(records.length > 2_000);
    assert.match(errors.at(-1) ?? '', /cut off or damaged/u);
  });

  it('goes on from the position of any page, rejected records counted', async () => {
    const content = [...lines.slice(0, 10), 'broken', ...lines.slice(10)].join('\n');
    for (const [name, text] of [
      ['a.ndjson', content],
      ['a.json', `[${content.replaceAll('\n', ',')}]`],
      ['a.csv', csv.replace('\r\n5,', '\r\n5\r\n5,')],
    ] as const) {
      const options = await put(name, text);
      const reader = new FileReader(options);
      const head = [];
      for (let page = 0; page < 3; page++) head.push(await reader.read(6, never));
      await reader.close();
      const position = JSON.parse(JSON.stringify(head.at(-1)?.position)) as FilePosition;
      assert.equal(position.record, 18);
      const rest = await readAll(options, position);
      assert.deepEqual([...head.flatMap(({ records }) => records), ...rest.records], posts);
      assert.deepEqual(rest.statuses, []);
      const after = await readAll(options, rest.last.position);
      assert.deepEqual([after.records, after.errors], [[], []], 'nothing is left');
    }
  });

  it('reads on what was added to a file, and starts over with another one, and says so', async () => {
    const options = await put('g.ndjson', `${lines.slice(0, 30).join('\n')}\n`);
    const first = await readAll(options);
    await appendFile(options.file, lines.slice(30).join('\n'));
    const grown = await readAll(options, first.last.position);
    assert.deepEqual([...first.records, ...grown.records], posts);
    await writeFile(options.file, lines.slice(40).join('\n'));
    const replaced = await readAll(options, grown.last.position);
    assert.deepEqual(replaced.records, posts.slice(40));
    assert.deepEqual(
      replaced.statuses.map(({ kind }) => kind),
      ['restarted'],
    );
    const other = await readAll(await put('h.ndjson', lines.join('\n')), grown.last.position);
    assert.deepEqual([other.records.length, other.statuses], [50, []], 'the position of another file says nothing');
  });

  it('reads lines of a megabyte, odd bytes and lone surrogates', async () => {
    const long = 'x'.repeat(1_000_000);
    const content = Buffer.concat([
      Buffer.from(`{"text":"${long}"}\n`),
      Buffer.concat([Buffer.from('{"text":"a'), Buffer.from([0xff, 0xc3]), Buffer.from('b"}\n')]),
      Buffer.from('{"text":"\\ud83d alone","__proto__":{"polluted":true}}\n'),
    ]);
    const { records, errors } = await readAll(await put('odd.ndjson', content));
    assert.deepEqual(errors, []);
    assert.deepEqual(
      (records as { text: string }[]).map(({ text }) => text),
      [long, 'a\uFFFD\uFFFDb', '\ud83d alone'],
    );
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  for (const [name, content, line] of [
    ['l.ndjson', `{"id":"1"}\n{"text":"${'x'.repeat(400_000)}"}\n{"id":"2"}`, 2],
    ['l.json', `[{"id":"1"},\n{"text":"${'x'.repeat(400_000)}"},\n{"id":"2"}]`, 2],
    ['l.csv', `id\n1\n"${'x'.repeat(400_000)}"\n2`, 3],
  ] as const) {
    it(`rejects a record longer than the limit without keeping it (${name})`, async () => {
      const { records, errors } = await readAll({ ...(await put(name, content)), maxLength: 1_000 });
      assert.deepEqual(records, [{ id: '1' }, { id: '2' }]);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? '', new RegExp(`^Line ${line} of .* is longer than 1000`, 'u'));
    });
  }

  it('makes records of CSV: nested fields, counts as numbers, empty cells left out, hostile names as fields', async () => {
    const options = await put(
      'n.csv',
      'id,author.username,public_metrics.like_count,__proto__,constructor\n1,tea,12,p,c\n2,,many,,\n',
    );
    const { records } = await readAll(options);
    const [first, second] = records as Record<string, unknown>[];
    assert.deepEqual(Object.entries(first ?? {}), [
      ['id', '1'],
      ['author', { username: 'tea' }],
      ['public_metrics', { like_count: 12 }],
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    assert.deepEqual(second, { id: '2', public_metrics: { like_count: 'many' } });
    assert.equal(Object.getPrototypeOf(first), Object.prototype);
  });

  it('rejects rows with another number of cells than the header, or a quote out of place', async () => {
    const { records, errors } = await readAll(await put('r.csv', 'id,text\n1,a\n2\n3,"b" c\n4,d,e\n5,f\n6,"open'));
    assert.deepEqual(records, [
      { id: '1', text: 'a' },
      { id: '5', text: 'f' },
    ]);
    assert.equal(errors.length, 4);
    for (const [index, words] of [
      /^Line 3 .* has 1 cells, but the header has 2/u,
      /^Line 4 .* after a closing quote/u,
      /^Line 5/u,
      /^Line 7 .* never closed/u,
    ].entries()) {
      assert.match(errors[index] ?? '', words);
    }
  });

  it('stays under its root, links followed', async () => {
    const root = path.join(folder, 'root');
    await mkdir(root);
    await put('outside.ndjson', '{"id":"1"}');
    await put('root/inside.ndjson', '{"id":"1"}');
    await symlink(path.join(folder, 'outside.ndjson'), path.join(root, 'link.ndjson'));
    for (const file of ['../outside.ndjson', path.join(folder, 'outside.ndjson'), 'link.ndjson', '.', '..']) {
      await assert.rejects(
        readAll({ file, root }),
        (error) => error instanceof SettingError && error.message.includes('lies outside'),
        file,
      );
    }
    for (const file of ['inside.ndjson', './x/../inside.ndjson', path.join(root, 'inside.ndjson')]) {
      assert.equal((await readAll({ file, root })).records.length, 1, file);
    }
  });

  it('says what is wrong with a file that cannot be read', async () => {
    await assert.rejects(
      readAll({ file: path.join(folder, 'none.json') }),
      /none.json" does not exist. Check its path/u,
    );
    await assert.rejects(readAll({ file: folder }), /is a folder/u);
    await assert.rejects(readAll({ file: ' ' }), /No file is set/u);
  });

  it('obeys an aborted signal', async () => {
    const reader = new FileReader(await put('p.ndjson', lines.join('\n')));
    await assert.rejects(reader.read(1, AbortSignal.abort(new Error('stop'))), /stop/u);
  });

  it('can be closed while it is being read', async () => {
    const options = await put('c.ndjson.gz', gzipSync(Buffer.alloc(20_000_000, '{"id":"1"}\n')));
    for (let turns = 0; turns < 20; turns++) {
      const reader = new FileReader(options);
      const reading = assert.rejects(reader.read(1_999_999, never), /closed/u);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await reader.close();
      await reading;
    }
  });

  it('shows its progress by the bytes read', async () => {
    const reader = new FileReader(
      await put('p.ndjson', Array.from({ length: 20 }, () => `{"text":"${'x'.repeat(100_000)}"}`).join('\n')),
    );
    assert.equal(reader.progress(), undefined);
    let last = 0;
    for (let page = 0; page < 10; page++) {
      await reader.read(2, never);
      const progress = reader.progress() ?? 0;
      assert.ok(progress >= last && Math.abs(progress - (page + 1) / 10) < 0.15, `${progress} at page ${page}`);
      last = progress;
    }
    await reader.close();
  });

  it('keeps memory bounded on a file much larger than it may take', async function () {
    this.timeout(30_000);
    const options = await put(
      'large.ndjson.gz',
      gzipSync(Buffer.alloc(120_000_000, `{"text":"${'x'.repeat(190)}"}\n`), { level: 1 }),
    );
    const reader = new FileReader(options);
    const before = process.memoryUsage();
    let records = 0;
    let most = 0;
    for (let page = await reader.read(1_000, never); page.end !== true; page = await reader.read(1_000, never)) {
      records += page.records.length;
      const { arrayBuffers } = process.memoryUsage();
      most = Math.max(most, arrayBuffers - before.arrayBuffers);
    }
    await reader.close();
    assert.ok(records > 580_000, `${records}`);
    assert.ok(most < 100_000_000, `${most} bytes`);
  });

  it('reads all real posts', async function () {
    const file = path.join(shared, 'data', 'tweets.ndjson.gz');
    if (!existsSync(file)) {
      console.log(`      (there is no ${file}: pending)`);
      this.skip();
    }
    const { records, errors } = await readAll({ file }, undefined, 1_000);
    const expected: unknown[] = [];
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) }))
      expected.push(JSON.parse(line));
    assert.equal(expected.length, 49_570);
    assert.deepEqual(errors, []);
    assert.deepEqual(records, expected);
  });
});
