import { Argument, type Command } from 'commander';
import { type Context, withExamples } from '../options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command, context: Context): void {
  withExamples(
    program
      .command('completion')
      .description('print a completion script for a shell')
      .addArgument(new Argument('<shell>').choices(SHELLS)),
    'source <(authmcp-gateway completion bash)',
    'authmcp-gateway completion fish > ~/.config/fish/completions/authmcp-gateway.fish',
  ).action((shell: (typeof SHELLS)[number]) => context.terminal.out(scriptOf(shell, wordsOf(program))));
}

type Words = { readonly name: string; readonly inner: readonly string[] };

function wordsOf(program: Command): readonly Words[] {
  return program.commands.map(command => ({
    name: command.name(),
    inner: command.commands.map(each => each.name()),
  }));
}

function scriptOf(shell: (typeof SHELLS)[number], words: readonly Words[]): string {
  if (shell === 'fish') return fishOf(words);
  const bash = bashOf(words);
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function bashOf(words: readonly Words[]): string {
  const cases = words
    .filter(({ inner }) => inner.length > 0)
    .map(({ name, inner }) => `    ${name}) words="${inner.join(' ')}" ;;`);
  return `_authmcp_gateway() {
  local words="${words.map(({ name }) => name).join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
    esac
  fi
  [ "$COMP_CWORD" -le 2 ] && COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _authmcp_gateway authmcp-gateway`;
}

function fishOf(words: readonly Words[]): string {
  const top = words.map(({ name }) => name).join(' ');
  const inner = words
    .filter(word => word.inner.length > 0)
    .map(
      word =>
        `complete -c authmcp-gateway -n "__fish_seen_subcommand_from ${word.name}" -f -a "${word.inner.join(' ')}"`,
    );
  return [`complete -c authmcp-gateway -n __fish_use_subcommand -f -a "${top}"`, ...inner].join('\n');
}
