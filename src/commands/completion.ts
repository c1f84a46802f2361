import { Args } from '@oclif/core';
import { SlipwayCommand } from '../terminal/command.ts';
import { completionScripts } from '../terminal/completion-scripts.ts';

export default class Completion extends SlipwayCommand {
  static override summary = 'Print the script by which a shell completes commands, flags and the names of machines';
  static override description = `How to install it:
bash: put this into ~/.bashrc:  eval "$(slipway completion bash)"
zsh:  put this into ~/.zshrc, after compinit:  eval "$(slipway completion zsh)"
fish: slipway completion fish >~/.config/fish/completions/slipway.fish`;
  static override args = {
    shell: Args.string({ description: 'the shell', required: true, options: Object.keys(completionScripts) }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    process.stdout.write(completionScripts[args.shell as keyof typeof completionScripts]);
  }
}
