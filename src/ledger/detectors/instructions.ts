import { type Mark, marksOf, type Pattern } from './mark.ts';

const UP_TO_HERE = '(?:previous|prior|above|earlier|preceding|other|existing|system)';

/** Words to a model that have no place in what describes a tool. */
const INSTRUCTIONS: readonly Pattern[] = [
  [
    'sets aside other instructions',
    new RegExp(
      `\\b(?:ignore|disregard|forget|override|bypass)\\b[^.\\n]{0,30}\\b(?:all|any|${UP_TO_HERE})\\b[^.\\n]{0,30}\\b(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|messages?)\\b`,
      'i',
    ),
  ],
  [
    'speaks with the voice of a system',
    /<\/?(?:important|system|instructions?|secret|critical|admin|assistant)>|\[\/?(?:INST|SYSTEM)\]|<\|(?:im_start|im_end|system|endoftext)\|>|^\s*(?:system|assistant)\s*:\s*you\b/im,
  ],
  [
    'hides something from the person',
    /\b(?:do not|don't|never|without)\b[^.\n]{0,20}\b(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|show(?:ing)?|notify(?:ing)?|asking|alert(?:ing)?)\b[^.\n]{0,30}\b(?:users?|person|human|anyone|anybody)\b/i,
  ],
  [
    'asks for what lies elsewhere',
    /\b(?:read|open|cat|include|attach|send|pass|upload|copy|fetch|print)\b[^.\n]{0,60}(?:~\/\.|\.ssh\b|id_rsa|\/etc\/(?:passwd|shadow)|\.env\b|\.aws\/|mcp\.json|\bconversation history\b|\bsystem prompt\b|\bapi keys?\b|\bcredentials\b)/i,
  ],
  [
    'puts itself before other tools',
    /\b(?:before|prior to|instead of|rather than)\b[^.\n]{0,20}\b(?:using|calling|invoking|running|use|call)\b[^.\n]{0,20}\b(?:any|every|all|each|other)\b[^.\n]{0,20}\btools?\b|\balways\b[^.\n]{0,20}\b(?:call|use|run|invoke)\b[^.\n]{0,20}\bthis (?:tool|function)\b[^.\n]{0,20}\b(?:first|before)\b/i,
  ],
  [
    'changes who the model is',
    /\byou are now\b|\bfrom now on,? you\b|\bnew instructions?:|\bact as (?:if you|an? (?:unrestricted|admin|root|jailbroken))\b/i,
  ],
];

/** Words in a description that talk to the model instead of describing. */
export const findInstructions = (text: string): readonly Mark[] => marksOf(text, INSTRUCTIONS);
