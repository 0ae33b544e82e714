/** What a service refused, or that it did not answer. */
export class ServiceError extends Error {
  constructor(
    /** HTTP's; 0 where no answer came. */
    readonly status: number,
    message: string,
    /** Latchkey's, such as `INVALID_PASSWORD`: stable, unlike the message. */
    readonly code?: string,
  ) {
    super(message);
  }
}

export const AWAY = 'The service does not answer. Try again in a moment.';
