import type { Readable } from 'node:stream';

/** A machine in a file: an OVA, or its disk alone. */
export interface Image {
  /** What it holds, as OVF says it (DMTF DSP0243). */
  readonly descriptor: string;
  /** Of the file, in bytes. */
  readonly size: number;
  /**
   * The files that it holds, one after the other: each is read to its end before the next.
   * @throws SlipwayError `unsafe` at the end where one was not what the image's own checksums say
   */
  files(): AsyncIterable<ImageFile>;
}

export interface ImageFile {
  /** As the descriptor calls it. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly content: Readable;
}
