package io.llama3v.data.convert;

import java.nio.file.Path;

/**
 * A picture and its encoded bytes.
 *
 * @param file where the bytes came from; null where they came with the data
 */
public record LoadedPicture(Picture picture, byte[] bytes, Path file) {}
