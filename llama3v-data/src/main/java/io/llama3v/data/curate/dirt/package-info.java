/**
 * Known dirt in clean shards, to measure filters with: what was put in is written down, and compared with what a curation dropped.
 */
package io.llama3v.data.curate.dirt;
