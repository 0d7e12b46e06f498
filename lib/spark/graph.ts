import { type Rejection, reject } from '../core/records';
import { KafkaRows } from './kafkaRows';
import type { Form, Message, Send } from './message';
import type { Plan, PlanStep, RecordsStep } from './plan';
import { recordNode } from './recordNodes';
import type { Target } from './target';
import { WindowRows } from './windowRows';

/** What a stage made of a batch. */
export interface StageAnswer {
  /** Columns, by the step that they are for. */
  readonly to: Readonly<Record<string, object>>;
  readonly rejected: readonly Rejected[];
}

/** Records that left a node where no wire takes them up. */
export interface Rejected {
  readonly node: string;
  readonly count: number;
  /** Of the first. */
  readonly reason: string;
}

export interface GraphOptions {
  readonly form: Form;
  /** The records have headers, which are written again. */
  readonly headers: boolean;
  readonly clock: () => number;
}

type Receive = (message: Message) => void;
/** By output, counted from 1. */
type Outputs = (Receive[] | undefined)[];

/** The output for what a node could not take. */
const REJECTED = 2;

/** The nodes on the way from an entry to its targets, wired up. */
export class Graph {
  readonly #targets = new Map<string, Target>();
  readonly #outputs = new Map<string, Outputs>();
  #rejected = new Map<string, { count: number; reason: string }>();
  /** What the entry sends. */
  readonly send: Send;

  /** @throws {SettingError} if a node's setting cannot be used */
  constructor(
    private readonly plan: Plan,
    entry: string,
    to: readonly string[],
    options: GraphOptions,
  ) {
    for (const step of plan.steps.toReversed()) {
      const receive = step.kind === 'records' ? this.#node(step, options) : this.#target(step, to, options);
      if (receive !== undefined) this.#wire(step, receive);
    }
    this.send = this.#sender(entry);
  }

  /** What has come to the targets since the last time. */
  answer(): StageAnswer {
    const to = Object.fromEntries([...this.#targets].map(([id, target]) => [id, target.give()]));
    const rejected = [...this.#rejected].map(([node, { count, reason }]) => ({ node, count, reason }));
    this.#rejected = new Map();
    return { to, rejected };
  }

  #wire({ from }: PlanStep, receive: Receive): void {
    for (const { step, output } of from) {
      const outputs = this.#outputs.get(step) ?? [];
      this.#outputs.set(step, outputs);
      // Steps come here from the last to the first.
      (outputs[output] ??= []).unshift(receive);
    }
  }

  /** Nothing for a node from which no way leads to a target. */
  #node(step: RecordsStep, { form }: GraphOptions): Receive | undefined {
    if (!this.#outputs.has(step.id)) return undefined;
    const node = recordNode(step, form);
    const send = this.#sender(step.id, step.type);
    return (message) => {
      try {
        node(message, send);
      } catch (thrown) {
        this.#reject(step.id, reject(message.payload, thrown));
      }
    };
  }

  #target(
    step: Exclude<PlanStep, RecordsStep>,
    to: readonly string[],
    { form, headers, clock }: GraphOptions,
  ): Receive | undefined {
    if (!to.includes(step.id)) return undefined;
    const refuse = (rejection: Rejection): void => this.#reject(step.id, rejection);
    const target =
      step.kind === 'windows'
        ? new WindowRows(step.settings, { form, refuse, clock })
        : new KafkaRows(step, { form, source: this.plan.source.id, headers, refuse });
    this.#targets.set(step.id, target);
    return (message) => target.take(message);
  }

  #sender(step: string, type = ''): Send {
    const outputs = this.#outputs.get(step) ?? [];
    const taken = this.plan.steps.some(({ from }) =>
      from.some((each) => each.step === step && each.output === REJECTED),
    );
    // A switch has a second output for a rule, a change has none.
    const unwired = taken || type === 'switch' || type === 'change' ? 0 : REJECTED;
    return (output, message) => {
      for (const receive of outputs[output] ?? []) receive(message);
      if (output === unwired) for (const each of [message.payload].flat()) this.#reject(step, each as Rejection);
    };
  }

  #reject(node: string, { error }: Rejection): void {
    const known = this.#rejected.get(node);
    if (known === undefined) this.#rejected.set(node, { count: 1, reason: error.message });
    else known.count++;
  }
}
