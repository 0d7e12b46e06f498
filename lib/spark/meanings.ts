import { cleanMeaning } from './cleanMeaning';
import { connectionOf } from './connections';
import { changeMeaning } from './coreChange';
import { switchMeaning } from './coreSwitch';
import { type Flow, type FlowNode, type Wire, nameOf } from './flow';
import { KnownFields } from './knownFields';
import type { Form } from './message';
import type { NodeSettings, SettingsOf } from './nodeSettings';
import type { Objections } from './objections';
import type { Objection } from './obstacles';
import type { KafkaConnection, PlanStep, RecordsWork, SourceStep, StepOutput, WindowsStep } from './plan';
import { recordNode } from './recordNodes';
import { sinkMeaning, lettersOf } from './sinkMeaning';
import { sourceMeaning } from './sourceMeaning';
import { entriesOf } from './stages';
import { strangerTo } from './strangers';
import type { Stop } from './stretch';
import { windowsMeaning } from './windowsMeaning';

export interface MeaningOptions {
  readonly settingsOf: SettingsOf;
  /** ms since the epoch. */
  readonly now: number;
  readonly objections: Objections;
}

/** The steps that the nodes of a stretch are, as far as they mean something. */
export interface Meaning {
  readonly read: SourceStep | undefined;
  readonly steps: readonly PlanStep[];
  readonly connections: Readonly<Record<string, KafkaConnection>>;
}

/** In what form messages reach a node, and what makes single records of them. */
interface Arrival {
  readonly form: Form;
  readonly remedy: string;
}

type Base = Pick<PlanStep, 'id' | 'name' | 'from'>;
type ObjectTo = (objection: Objection) => void;

/** The output of a node for what it could not take, or what came too late. */
const REJECTED = 2;

/** What each node of a stretch means on Spark; what means nothing is objected to. */
export class Meanings {
  readonly #steps: PlanStep[] = [];
  readonly #connections: Record<string, KafkaConnection> = {};
  readonly #arrivals = new Map<string, Arrival>();

  /** @param stops the source first, each after those that it gets records from */
  constructor(
    private readonly flow: Flow,
    private readonly stops: readonly Stop[],
    private readonly options: MeaningOptions,
  ) {}

  all(): Meaning {
    const [first, ...others] = this.stops;
    const read = first === undefined ? undefined : this.#source(first.node);
    for (const { node } of others) this.#add(node);
    return { read, steps: this.#steps, connections: this.#connections };
  }

  #source(node: FlowNode): SourceStep | undefined {
    const settings = this.#settings(node, 'kafka-in');
    if (settings === undefined) return undefined;
    const meaning = this.#attempt(node, (object) => sourceMeaning(settings, this.options.now, object));
    this.#connect(settings.cluster);
    this.#arrivals.set(node.id, {
      form: settings.batch ? 'batch' : 'single',
      remedy: `Let ${nameOf(node)} send a message for each record: turn off its batches.`,
    });
    // As in Node-RED, what cannot be decoded goes to its topic only where no wire takes it up.
    if (settings.deadLetterTopic !== '' && (node.wires?.[1]?.length ?? 0) === 0) {
      this.#steps.push(lettersOf(node.id, settings));
    }
    return meaning === undefined ? undefined : { id: node.id, name: nameOf(node), ...meaning };
  }

  #add(node: FlowNode): void {
    const from = this.#from(node);
    this.#arrivals.set(node.id, this.#arrivalAt(from));
    const base = { id: node.id, name: nameOf(node), from };
    switch (node.type) {
      case 'window-count':
        this.#addWindows(node, base);
        return;
      case 'kafka-out':
        this.#addSink(node, base);
        return;
      default:
        this.#addRecords(node, base);
    }
  }

  #addSink(node: FlowNode, base: Base): void {
    if (this.#wiresOf(node).length > 0) {
      this.options.objections.add(node, strangerTo(node.type));
      return;
    }
    const settings = this.#settings(node, 'kafka-out');
    const meaning = settings && this.#attempt(node, (object) => sinkMeaning(settings, object));
    if (settings === undefined || meaning === undefined) return;
    this.#connect(settings.cluster);
    this.#steps.push({ ...base, kind: 'kafka', ...meaning });
  }

  #addRecords(node: FlowNode, base: Base): void {
    const { objections } = this.options;
    const before = objections.all.length;
    const work = this.#attempt(node, (object) => this.#work(node, object));
    if (work === undefined) return;
    const { form } = this.#arrivalOf(node.id);
    // What settings cannot be used for shows when the node is made of them.
    if (objections.all.length === before) this.#attempt(node, () => recordNode(work, form));
    this.#steps.push({ ...base, kind: 'records', ...work });
  }

  #addWindows(node: FlowNode, base: Base): void {
    const settings = this.#settings(node, 'window-count');
    if (settings === undefined) return;
    const { objections } = this.options;
    const meaning = this.#attempt(node, (object) => windowsMeaning(settings, object));
    if (this.#wiresOf(node).some(({ output }) => output === REJECTED)) {
      objections.add(node, {
        reason: 'Spark counts late records and drops them: nothing would come from the second output.',
        remedy: 'Take that wire off; the progress of the job has the number of late records.',
      });
    }
    this.#arrivals.set(node.id, {
      form: settings.output === 'rows' ? 'batch' : 'single',
      remedy: `Let ${nameOf(node)} send a message for each window: set its output to windows.`,
    });
    if (meaning === undefined) return;
    const step: WindowsStep = { ...base, kind: 'windows', settings: meaning };
    this.#steps.push(step);
    const entries = entriesOf(this.stops[0]?.node.id ?? '', this.#steps).get(step.id) ?? new Set<string>();
    if (this.#steps.some(({ id, kind }) => kind === 'windows' && entries.has(id))) {
      objections.add(node, {
        reason: 'It counts what other windows have come to; what Spark does of that depends on when batches end.',
        remedy: 'End the stretch in a kafka-out before it, and count in a stretch of its own.',
      });
    }
  }

  #work(node: FlowNode, object: ObjectTo): RecordsWork | undefined {
    const { type } = node;
    switch (type) {
      case 'tweet-clean': {
        const settings = this.#settings(node, 'tweet-clean');
        return settings && { type, settings: cleanMeaning(settings, object) };
      }
      case 'hashtag-extract': {
        const settings = this.#settings(node, 'hashtag-extract');
        if (settings === undefined) return undefined;
        const { from, to, kinds, lowercase, output } = settings;
        return { type, settings: { from, to, kinds, lowercase, output } };
      }
      case 'sentiment': {
        const settings = this.#settings(node, 'sentiment');
        if (settings === undefined) return undefined;
        const { property, engine, to } = settings;
        return { type, settings: { property, engine, to } };
      }
      case 'switch':
        return { type, settings: switchMeaning(node, this.#known(node, object), object) };
      case 'change':
        return { type, settings: changeMeaning(node, this.#known(node, object), object) };
      default:
        object(strangerTo(type));
        return undefined;
    }
  }

  #known(node: FlowNode, object: ObjectTo): KnownFields {
    const { form, remedy } = this.#arrivalOf(node.id);
    return new KnownFields(form, remedy, object);
  }

  #settings<Type extends keyof NodeSettings>(node: FlowNode, type: Type): NodeSettings[Type] | undefined {
    return this.options.objections.attempt(node, () => this.options.settingsOf(node, type) as NodeSettings[Type]);
  }

  #attempt<Result>(node: FlowNode, act: (object: ObjectTo) => Result): Result | undefined {
    const { objections } = this.options;
    return objections.attempt(node, () => act((objection) => objections.add(node, objection)));
  }

  #connect(id: string): void {
    if (id in this.#connections) return;
    const node = this.flow.node(id);
    if (node?.type !== 'kafka-cluster') {
      const missing = { id, type: 'kafka-cluster' };
      this.options.objections.add(missing, { reason: 'It is not in the flow.', remedy: 'Choose a cluster.' });
      return;
    }
    const settings = this.#settings(node, 'kafka-cluster');
    if (settings === undefined) return;
    const tls = settings.tls === '' ? undefined : this.flow.node(settings.tls);
    const connection = this.#attempt(node, (object) => connectionOf(settings, tls, object));
    if (connection !== undefined) this.#connections[id] = connection;
  }

  #wiresOf(node: FlowNode): readonly Wire[] {
    return this.stops.find((stop) => stop.node === node)?.wires ?? [];
  }

  #from(node: FlowNode): StepOutput[] {
    return this.stops.flatMap((stop) =>
      stop.wires.flatMap(({ output, to }) => (to === node ? [{ step: stop.node.id, output }] : [])),
    );
  }

  /** Batches, where any come. */
  #arrivalAt(from: readonly StepOutput[]): Arrival {
    const arrivals = from.map(({ step }) => this.#arrivalOf(step));
    return arrivals.find(({ form }) => form === 'batch') ?? arrivals[0] ?? { form: 'single', remedy: '' };
  }

  #arrivalOf(id: string): Arrival {
    return this.#arrivals.get(id) ?? { form: 'single', remedy: '' };
  }
}
