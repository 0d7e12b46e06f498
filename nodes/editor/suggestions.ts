import { FIELDS_OF_INTEREST } from '../../lib/posts/post';
import { splitList } from '../common/checks';
import type { Format, Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { ask } from './ask';
import { Combobox, type Offer } from './combobox';
import { fieldOf, valuesOf } from './form';
import type { EditorNode } from './index';
import { type PieceAt, isInBraces, listed, templated, whole } from './pieces';
import { fieldsFor } from './wire';

type Offers = (text: string, caret: number) => Promise<readonly Offer[]>;

const DURATIONS = ['500ms', '1s', '5s', '10s', '30s', '1m', '5m', '15m', '1h', '6h', '1d', '7d'];
const SIZES = ['1MB', '16MB', '64MB', '128MB', '512MB', '1GB'];
const UNITS: Partial<Record<string, string>> = {
  ms: 'millisecond',
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
};

/** Lets the fields of a dialog offer what there is: fields of the records, topics, groups, tables, usual durations. */
export function offerSuggestions(spec: NodeSpec, node: EditorNode, form: HTMLElement): void {
  for (const [name, property] of Object.entries(spec.properties)) {
    const { offers, pieceAt } = suggestionsFor(spec, property, node);
    if (offers === undefined) continue;
    const field = fieldOf(spec, name);
    if (property.kind !== 'map' && field !== null) new Combobox(field, offers, pieceAt);
  }
  offerInLists(spec, node, form);
}

function suggestionsFor(spec: NodeSpec, property: Property, node: EditorNode): { offers?: Offers; pieceAt?: PieceAt } {
  const fields: Offers = () => fieldOffers(node);
  switch (property.kind) {
    case 'path':
      return { offers: fields };
    case 'paths':
      return { offers: fields, pieceAt: listed };
    case 'template':
      return property.format === 'index' ? indexes(spec, node) : { offers: fields, pieceAt: templated };
    case 'duration':
      return { offers: () => Promise.resolve(DURATIONS.map((value) => ({ value, note: inWords(value) }))) };
    case 'text':
      return offersOf(spec, property.format, node);
    case 'number':
    case 'flag':
    case 'choice':
    case 'choices':
    case 'map':
    case 'config':
    case 'credential':
      return {};
  }
}

function offersOf(
  spec: NodeSpec,
  format: Format | undefined,
  node: EditorNode,
): { offers?: Offers; pieceAt?: PieceAt } {
  switch (format) {
    case 'topic':
    case 'topics':
      return {
        offers: () => existing(spec, node, 'kafka', 'topics', ['topic', 'deadLetterTopic']),
        pieceAt: format === 'topics' ? listed : whole,
      };
    case 'group':
      return { offers: () => existing(spec, node, 'kafka', 'groups', ['group']) };
    case 'table':
      return { offers: () => existing(spec, node, 'hbase', 'tables', ['table']) };
    case 'size':
      return { offers: () => Promise.resolve(SIZES.map((value) => ({ value }))) };
    case 'timeZone':
      return { offers: () => Promise.resolve(Intl.supportedValuesOf('timeZone').map((value) => ({ value }))) };
    case 'brokers':
    case 'url':
    case 'addresses':
    case 'file':
    case undefined:
      return {};
  }
}

/** Indexes that there are, to be taken as they are; in double braces fields. */
function indexes(spec: NodeSpec, node: EditorNode): { offers: Offers; pieceAt: PieceAt } {
  return {
    offers: (text, caret) =>
      isInBraces(text, caret) ? fieldOffers(node) : existing(spec, node, 'elasticsearch', 'indexes', ['index']),
    pieceAt: (text, caret) => (isInBraces(text, caret) ? templated : whole)(text, caret),
  };
}

/** The rows of a map come and go: each is given its list when it is first entered. */
function offerInLists(spec: NodeSpec, node: EditorNode, form: HTMLElement): void {
  form.addEventListener('focusin', ({ target }) => {
    const field = target as HTMLElement;
    const name = field.closest<HTMLElement>('[data-pulseflow]')?.dataset.pulseflow ?? '';
    const property = spec.properties[name];
    if (property?.kind !== 'map' || !(field instanceof HTMLInputElement) || field.role === 'combobox') return;
    const holdsField = field.dataset.role === 'value' ? property.valueKind !== 'text' : property.names === 'fields';
    if (holdsField) new Combobox(field, () => fieldOffers(node));
  });
}

async function fieldOffers(node: EditorNode): Promise<Offer[]> {
  const seen = await fieldsFor(String(node.id));
  const known = FIELDS_OF_INTEREST.filter((name) => !seen.includes(name));
  return [
    ...seen.map((value) => ({ value, note: node._('common.offers.seen') })),
    ...(seen.length > 0 ? [] : known.map((value) => ({ value, note: node._('common.offers.post') }))),
  ];
}

/** What the cluster has, as far as it is deployed and answers, and what other nodes of the flow name in it. */
async function existing(
  spec: NodeSpec,
  node: EditorNode,
  service: string,
  what: string,
  properties: readonly string[],
): Promise<Offer[]> {
  const cluster = valuesOf(spec, node)('cluster');
  if (typeof cluster !== 'string' || cluster === '') return [];
  const there = await ask<string[]>('GET', `pulseflow/${service}/${cluster}/${what}`).catch((): string[] => []);
  const named = new Set<string>();
  RED.nodes.eachNode((other) => {
    if (other.id === node.id || other.cluster !== cluster) return;
    for (const property of properties) {
      const value = other[property];
      if (typeof value === 'string') for (const each of splitList(value)) named.add(each);
    }
  });
  return [
    ...there.map((value) => ({ value, note: node._('common.offers.cluster') })),
    ...[...named]
      .filter((name) => !there.includes(name))
      .map((value) => ({ value, note: node._('common.offers.flow') })),
  ];
}

/** `5m` as "5 minutes", in the language of the editor. */
function inWords(duration: string): string {
  const [, number = '', unit = ''] = /^(\d+)(\D+)$/u.exec(duration) ?? [];
  const style = { style: 'unit', unit: UNITS[unit] ?? 'second', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(RED.i18n.lang(), style).format(Number(number));
}
