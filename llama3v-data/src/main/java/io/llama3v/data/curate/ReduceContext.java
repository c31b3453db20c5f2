package io.llama3v.data.curate;

import java.nio.file.Path;

/**
 * What a reduction may use.
 *
 * @param threads  how many threads it may keep busy
 * @param scratch  an empty folder of its own, deleted afterwards
 */
public record ReduceContext(int threads, Path scratch) {}
