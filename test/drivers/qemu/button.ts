import { writeFile } from 'node:fs/promises';

/**
 * A system in one sector, for tests that need no more: it writes "ok" to the first serial line, then sleeps until the
 * power button is pressed, and switches off. The ACPI registers are where SeaBIOS puts them on the machine q35: event
 * block at 0x600, control at 0x604 (ACPI 6.5, section 4.8.3).
 */
const program = [
  [0xba, 0xf8, 0x03], // mov dx, 0x3f8: COM1
  [0xb0, 0x6f, 0xee, 0xb0, 0x6b, 0xee, 0xb0, 0x0a, 0xee], // write "ok\n"
  [0xba, 0x02, 0x06, 0xb8, 0x00, 0x01, 0xef], // enable the power button event
  [0xfb, 0xf4], // again: sti; hlt, until the clock ticks
  [0xba, 0x00, 0x06, 0xed, 0xf6, 0xc4, 0x01], // pressed?
  [0x74, 0xf5], // jz again
  [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef], // sleep state S5: off
  [0xf4, 0xeb, 0xfd], // hlt; jmp
].flat();

const SECTOR = 512;

/** Writes the system as a raw disk of a mebibyte. */
export async function writeButtonImage(path: string): Promise<string> {
  const disk = Buffer.alloc(2048 * SECTOR);
  disk.set(program);
  disk.writeUInt16BE(0x55aa, SECTOR - 2);
  await writeFile(path, disk);
  return path;
}
