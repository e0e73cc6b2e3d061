// What carries the bytes of one connection, and what it tells the connection that owns it. Every word comes with the
// wire that says it: what one says that was given up is never taken for another's.

export interface Wire {
  write(bytes: Buffer): void;
  /** At once; it says nothing more. */
  close(): void;
  /** The other side may close first, for a moment: that spares local ports. It says nothing more. */
  linger(): void;
}

export interface WireOwner {
  connected(wire: Wire): void;
  /** The buffer is written again as soon as this returns. */
  arrived(wire: Wire, buffer: Buffer, length: number): void;
  /** The other side says nothing more. */
  ended(wire: Wire): void;
  /** It is gone, or never came to be. Told later than the call that caused it. */
  failed(wire: Wire, error: Error): void;
}
