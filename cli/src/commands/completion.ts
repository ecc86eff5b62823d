import { Argument, type Command } from "commander";
import type { Context } from "../context.ts";

type Shell = "bash" | "zsh" | "fish";

export function addCompletion(program: Command, context: Context): void {
  program
    .command("completion")
    .description('Completion for your shell: eval "$(valet completion bash)"')
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .action((shell: Shell) => {
      const script = SCRIPTS[shell](wordsOf(program)).trimEnd();
      context.print({ shell, script }, () => script);
    });
}

/** What can follow: by the commands so far ("grants create"), the words. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsOf(program: Command): Words {
  const globals = program.options.map(({ long }) => long ?? "").filter(Boolean);
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: readonly string[]) => {
    const choices = command.registeredArguments[0]?.argChoices ?? [];
    const own = command.options.map(({ long }) => long ?? "");
    const below = command.commands.map((one) => one.name());
    words.set(path.join(" "), [...below, ...choices, ...own, ...(path.length > 0 ? globals : []), "--help"].filter(Boolean));
    for (const one of command.commands) visit(one, [...path, one.name()]);
  };
  visit(program, []);
  return words;
}

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `_valet() {
  local word path="" current="\${COMP_WORDS[COMP_CWORD]}" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) break ;; esac
    path="\${path:+$path }$word"
  done
  COMPREPLY=($(compgen -W "$(_valet_words "$path")" -- "$current"))
}
${shellCase(words)}complete -F _valet -o default valet
`,
  zsh: (words) => `#compdef valet
_valet() {
  local word found=""
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] && break
    found="\${found:+$found }$word"
  done
  compadd -- \${=$(_valet_words "$found")} || _files
}
${shellCase(words)}(( $+functions[compdef] )) || { autoload -U compinit && compinit -i -D; }
compdef _valet valet
`,
  fish: (words) =>
    [...words]
      .map(([path, list]) => `complete -c valet -f -n '__valet_at ${path ? `"${path}"` : '""'}' -a '${list.join(" ")}'\n`)
      .reduce((script, line) => script + line, FISH_AT),
};

function shellCase(words: Words): string {
  const arms = [...words].map(([path, list]) => `    "${path}") echo "${list.join(" ")}" ;;\n`);
  return `_valet_words() {\n  case "$1" in\n${arms.join("")}  esac\n}\n`;
}

const FISH_AT = `function __valet_at
  set -l found
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and break
    set -a found $word
  end
  test "$found" = "$argv[1]"
end
`;
