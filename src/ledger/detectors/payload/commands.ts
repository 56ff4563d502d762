import { type Mark, marksOf, type Pattern } from '../mark.ts';

/** Longer values, and those of several lines, are programs or prose. */
const LONGEST_VALUE = 1024;

/** Members that are commands by their name: a tool that runs programs is given programs. */
const COMMANDS = /^(?:commands?|cmd|script|code|shell|bash|args|argv|run|source)$/i;

const END = String.raw`(?=\s*(?:$|[;|&\`)#'"<>]))`;
const PROGRAM = String.raw`(?:\/(?:usr\/)?(?:local\/)?s?bin\/)?`;

/** What is run by those who try whether something is run. */
const RUN = [
  String.raw`(?:whoami|id|uname(?:\s+-\w+)?|hostname|ifconfig|ipconfig(?:\s+\/all)?|netstat(?:\s+-\w+)?|printenv|systeminfo|tasklist)${END}`,
  String.raw`(?:ls|dir)(?:\s+-\w+)?(?:\s+[\w./~\\:*-]*)?${END}`,
  String.raw`(?:cat|tac|head|tail|less|more|nl|xxd|od|strings|type|cp|grep\s+\S+)\s+[^;|&\n]{0,80}(?:\/etc\/|\/proc\/|\/root\/|\.ssh|\.env\b|passwd|shadow|id_rsa|\.aws|win\.ini|[a-z]:\\)`,
  String.raw`(?:curl|wget|fetch)\s[^;|\n]{0,120}\w[.:/]\w`,
  String.raw`rm\s+(?:-\w+\s+)+(?:--no-preserve-root\s+)?["']?[/~*$.]`,
  String.raw`(?:del|erase|rd|rmdir)\s+\/\w`,
  String.raw`(?:nc|ncat|netcat|telnet|socat)\s+[^;|\n]{0,60}\d`,
  String.raw`(?:ping|sleep|timeout)\s+(?:-\w\s*|\/\w\s*)?\d+`,
  String.raw`(?:nslookup|dig|host)\s+[^;|\n]{0,80}\.\w`,
  String.raw`(?:ba|z|k|da|c|tc)?sh(?:\s+-[icl]+|${END})`,
  String.raw`(?:python[\d.]*|perl|ruby|php|node|lua)\s+-[ecr]\b`,
  String.raw`(?:powershell|pwsh)(?:\.exe)?\b|cmd(?:\.exe)?\s+\/c`,
  String.raw`(?:chmod|chown)\s+[^;|\n]{0,40}\/|mkfifo\s|crontab\s|useradd\s|certutil\s|net\s+user\b|shutdown\b|reboot${END}|kill\s+-9`,
  String.raw`(?:echo|printf)\s[^;|\n]{0,80}(?:>{1,2}\s*\/|\|\s*base64\s+-d|\|\s*(?:ba)?sh)`,
  String.raw`base64\s+-d|eval\s|exec\s+\/|dd\s+if=|mkfs\b|touch\s+\/`,
].join('|');

/** A row of a Markdown table has bars on both sides. */
const TABLE_ROW = /^\s*\|.*\|\s*$/;

const INJECTIONS: readonly Pattern[] = [
  [
    'a command behind another value',
    new RegExp(String.raw`(?:;|\|\|?|&&?|%0[ad]|%26|%3b|%7c)\s*${PROGRAM}(?:${RUN})`, 'i'),
  ],
  ['a command within a value', new RegExp(String.raw`[$<>]\(\s*${PROGRAM}(?:${RUN})`, 'i')],
  // In prose such marks set off code; there they stand behind a space.
  ['a command within a value', new RegExp(String.raw`^[^\s\`]{0,200}\`\s*${PROGRAM}(?:${RUN})`, 'i')],
  ['a connection of a shell', /\/dev\/(?:tcp|udp)\/[\w.]+\/\d+/],
  [
    'a space in disguise',
    /[;|&`(]\s*\w+(?:\$\{?IFS\}?|<\/)|\w\$\{?IFS\}?(?:\$\d)?\S|[;|&`]\s*\{\w+,[^}\s]+\}/,
  ],
  [
    'a variable that is run',
    /(?:[;|&]\s*|^)(?:\(\)\s*\{\s*:;\s*\};)|[;|&]\s*\$(?:SHELL|0|BASH)\b|[;|&]\s*\w*(?:''|"")\w+(?:''|"")?\w*\s+\//,
  ],
];

/** Commands of a shell in values that are none. `name`: the member that holds the value. */
export function findCommands(text: string, name: string): readonly Mark[] {
  if (text.length > LONGEST_VALUE || COMMANDS.test(name) || text.trimEnd().includes('\n')) return [];
  return TABLE_ROW.test(text) ? [] : marksOf(text, INJECTIONS);
}
