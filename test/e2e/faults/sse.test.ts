import { runTable } from './support/run.ts';
import { sse } from './table/sse.ts';

runTable('sse', sse);
