/** jQuery's, which Node-RED gives the token of whoever is logged in. */
type Ajax = (request: { url: string; method: string; contentType?: string; data?: string }) => {
  then(done: (answer: unknown) => void, failed: (answer: unknown) => void): void;
};

/**
 * Asks the runtime, below Node-RED's own address.
 * @throws {Error} with the reason that it gives
 */
export function ask<Answer>(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer> {
  const request = body === undefined ? {} : { contentType: 'application/json', data: JSON.stringify(body) };
  return new Promise((resolve, reject) => {
    ($.ajax as unknown as Ajax)({ url, method, ...request }).then(
      (answer) => resolve(answer as Answer),
      (refusal) => reject(new Error(reasonOf(refusal))),
    );
  });
}

function reasonOf(refusal: unknown): string {
  const { responseJSON, statusText } = refusal as { responseJSON?: { error?: string }; statusText?: string };
  return responseJSON?.error ?? statusText ?? '';
}
