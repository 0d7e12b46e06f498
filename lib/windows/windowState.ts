import { NodeState } from '../store/nodeState';
import type { Store } from '../store/store';
import { type WindowShape, shapeName } from './shape';
import type { Progress } from './watermark';
import { WindowLog } from './windowLog';

interface Told {
  readonly shape: WindowShape;
  readonly inPlaceOf: string;
}

/** What one node keeps in the store: its windows, how far time has come, the shape it was told. */
export class WindowState {
  readonly log: WindowLog;
  readonly #node: NodeState;

  constructor(store: Store, node: string) {
    this.log = new WindowLog(store, node);
    this.#node = new NodeState(store, node);
  }

  loadProgress(): Progress | undefined {
    const saved = this.#node.get('progress');
    return saved === undefined ? undefined : (JSON.parse(saved) as Progress);
  }

  saveProgress(progress: Progress): void {
    this.#node.put('progress', JSON.stringify(progress));
  }

  /** The shape that a message has set, as long as the node's own is the one that it was set in place of. */
  loadShape(own: WindowShape): WindowShape | undefined {
    const saved = this.#node.get('shape');
    if (saved === undefined) return undefined;
    const { shape, inPlaceOf } = JSON.parse(saved) as Told;
    return inPlaceOf === shapeName(own) ? shape : undefined;
  }

  saveShape(shape: WindowShape, own: WindowShape): void {
    this.#node.put('shape', JSON.stringify({ shape, inPlaceOf: shapeName(own) } satisfies Told));
  }

  clear(): void {
    this.log.clear();
    this.#node.clear();
  }
}
