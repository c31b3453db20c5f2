/** Samples in formats other than tar shards. */
package io.llama3v.data.format;
