/** An answer that is an error, with the vendor's reason: cloud.google.com/compute/docs/troubleshooting/troubleshooting-error-codes. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  /** The body of the answer. */
  body(): string {
    const { status: code, message, reason } = this;
    return JSON.stringify({ error: { code, message, errors: [{ message, domain: 'global', reason }] } });
  }
}

/** How an operation fails that was accepted. */
export class Failure extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: readonly object[];

  constructor(code: string, status: number, message: string, details: readonly object[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export function notFound(path: string): Refusal {
  return new Refusal(404, 'notFound', `The resource '${path}' was not found`);
}

export function invalid(message: string): Refusal {
  return new Refusal(400, 'invalid', message);
}

export function inUse(path: string, by: string): Refusal {
  return new Refusal(400, 'resourceInUseByAnotherResource', `The resource '${path}' is already being used by '${by}'`);
}
