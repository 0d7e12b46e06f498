interface Completion {
  readonly value: string;
}

/** jQuery's and Node-RED's, as far as red.d.ts does not have them. */
interface Field {
  autoComplete(options: {
    search(value: string, done: (matches: Completion[]) => void): void;
    minLength: number;
  }): void;
}
type Ask = (url: string) => { then(done: (names: string[]) => void, failed: () => void): void };

/** Completes the name of a topic, by those of the chosen cluster that is deployed. */
export function prepare(): void {
  const field = $('#node-input-topic') as unknown as Field;
  const ask = ($ as unknown as { getJSON: Ask }).getJSON;
  field.autoComplete({
    minLength: 0,
    search(value, done) {
      const cluster = $('#node-input-cluster').val();
      if (typeof cluster !== 'string' || cluster === '' || cluster === '_ADD_') {
        done([]);
        return;
      }
      ask(`pulseflow/kafka/${cluster}/topics`).then(
        (names) => done(names.filter((name) => name.includes(value)).map((name) => ({ value: name }))),
        () => done([]),
      );
    },
  });
}
