/** Leaves out of training what benchmarks ask: pictures that are copies of theirs, texts that share long phrases with their questions. */
package io.llama3v.data.curate.decontaminate;
