import { examine, type Finding } from '../machine/doctor.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag } from '../terminal/flags.ts';

export default class Doctor extends SlipwayCommand {
  static override summary = 'Look at this computer and at every machine, and say what to do';
  static override flags = { ...jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const findings = await examine(this.answer(flags));
    if (flags.json) this.printJson(findings);
    else for (const finding of findings) this.log(lineOf(finding));
    this.exit(findings.every(({ good }) => good) ? 0 : 1);
  }
}

function lineOf({ about, what, good, detail, hint }: Finding): string {
  const line = `${good ? 'ok  ' : 'BAD '} ${about}: ${what}: ${detail}`;
  return hint === undefined ? line : `${line}\n       ${hint}`;
}
