import { join } from 'node:path';
import { clientSettings } from '../machine/client.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag, nameArg } from '../terminal/flags.ts';

export default class Config extends SlipwayCommand {
  static override summary = 'Print the flags with which docker reaches a machine';
  static override args = nameArg;
  static override flags = { ...jsonFlag };
  static override examples = ['docker $(<%= config.bin %> config dev) ps'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Config);
    const { url, certPath } = await clientSettings(this.answer(flags), args.name);
    if (certPath === undefined) return flags.json ? this.printJson({ host: url }) : this.log(`-H=${url}`);
    const files = {
      tlscacert: join(certPath, 'ca.pem'),
      tlscert: join(certPath, 'cert.pem'),
      tlskey: join(certPath, 'key.pem'),
    };
    if (flags.json) return this.printJson({ host: url, tlsverify: true, ...files });
    this.log('--tlsverify');
    for (const [flag, path] of Object.entries(files)) this.log(`--${flag}=${path}`);
    this.log(`-H=${url}`);
  }
}
