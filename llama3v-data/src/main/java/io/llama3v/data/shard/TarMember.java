package io.llama3v.data.shard;

/**
 * One archive member as its headers describe it.
 *
 * @param name         path inside the archive; only ever used as a name, never as a path to write to
 * @param type         ustar type flag, {@code '0'} for a regular file
 * @param sparse       a GNU sparse file in any encoding: its stored bytes are not its content
 * @param headerOffset where its first header block (extended headers included) starts
 * @param dataOffset   where its bytes start
 * @param size         number of bytes
 */
record TarMember(String name, char type, boolean sparse, long headerOffset, long dataOffset, long size) {
  boolean isFile() {
    return !sparse && (type == '0' || type == 0 || type == '7') && !name.endsWith("/");
  }

  boolean isDirectory() {
    return type == '5' || (type == '0' || type == 0) && name.endsWith("/");
  }

  /** Bytes up to the next header: the size rounded up to blocks. */
  long paddedSize() {
    return (size + 511) & ~511L;
  }
}
