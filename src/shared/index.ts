export { type Buckets, type BucketsDeps, createBuckets, type Taken } from './buckets.ts';
export { Pending } from './pending.ts';
