/** Readers of academic sets in the formats in which they are published; each names the source of its schema. */
package io.llama3v.data.convert.source;
