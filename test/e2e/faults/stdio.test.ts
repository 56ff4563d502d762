import { runTable } from './support/run.ts';
import { stdio } from './table/stdio.ts';

runTable('stdio', stdio);
