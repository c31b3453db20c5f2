/**
 * Curation: raw image–text shards to training shards, step by step, with a ledger of every sample.
 *
 * <p>A {@link io.llama3v.data.curate.Step} is a pure function of records with at most one global
 * {@link io.llama3v.data.curate.Reduction}. The engine runs steps over shards in passes: reading, measuring and deciding flow
 * through one pass until a reduction needs all shards. What a pass finds out about a shard is one file, written aside and
 * renamed, so that a run that was killed goes on with what is missing.
 */
package io.llama3v.data.curate;
