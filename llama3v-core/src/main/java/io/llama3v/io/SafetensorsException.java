package io.llama3v.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A safetensors file, or the index of a sharded checkpoint, that breaks a rule of the format, or that does not hold
 * what was asked of it. Checked, because whoever opens a file of someone else's must expect it.
 */
public final class SafetensorsException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The rules of the format, in the order in which a reader meets them. */
  public enum Rule {
    /** 1. The file has at least 8 bytes. */ FILE_TOO_SMALL,
    /** 2. The first 8 bytes are the header's length N, unsigned and little-endian. */ HEADER_LENGTH,
    /** 3. N is at most {@link Limits#HEADER_BYTES}. */ HEADER_TOO_LARGE,
    /** 4. 8 + N is at most the file's length. */ HEADER_PAST_END,
    /** 5. The header is valid UTF-8. */ HEADER_UTF8,
    /** 6. The header begins with an object; JSON white space around it is allowed. */ HEADER_START,
    /** 7. The header is one well-formed JSON object and nothing else. */ HEADER_JSON,
    /** 8. No key occurs twice. */ DUPLICATE_KEY,
    /** 9. {@code __metadata__} maps strings to strings. */ METADATA,
    /** 10. A tensor has exactly {@code dtype}, {@code shape} and {@code data_offsets}. */ TENSOR_KEYS,
    /** 11. The dtype is one that the format knows. */ DTYPE,
    /** 12. The shape is a list of non-negative integers whose product does not overflow. */ SHAPE,
    /** 13. The elements fill a whole number of bytes. */ MISALIGNED,
    /** 14. The offsets are two integers, and span exactly the bytes of dtype and shape. */ TENSOR_BYTES,
    /** 15. The first tensor begins at 0 and each other where the one before it ends. */ OFFSETS,
    /** 16. The last tensor ends at the end of the file. */ FILE_LENGTH,
    /** 17. Data are little-endian and row-major: read by {@code readFloats}, which refuses other types. */ CONVERSION,
    /** 18. Values are not checked: the tensor asked for must exist, and the range lie inside it. */ REQUEST,
    /** 19. Integers are plain digits of at most 2<sup>48</sup> - 1. */ INTEGER,
    /** 20. A written file has ordered tensors and a padded header within the cap. */ WRITER,
    /** 21. An index names plain files in its folder that together hold each tensor exactly once. */ INDEX;

    /** The rule's number, from 1 to 21. */
    public int number() {
      return ordinal() + 1;
    }
  }

  private final transient Path file;
  private final Rule rule;
  private final String expected;
  private final String found;

  SafetensorsException(Path file, Rule rule, String what, String expected, Object found) {
    super(file + ": " + what + ": expected " + expected + ", found " + found
        + " (safetensors rule " + rule.number() + ", " + rule + ")");
    this.file = file;
    this.rule = rule;
    this.expected = expected;
    this.found = String.valueOf(found);
  }

  /** The file at fault; null after serialisation. */
  public Path file() {
    return file;
  }

  /** The rule that is broken. */
  public Rule rule() {
    return rule;
  }

  /** What the rule demands here. */
  public String expected() {
    return expected;
  }

  /** What the file has instead. */
  public String found() {
    return found;
  }
}
