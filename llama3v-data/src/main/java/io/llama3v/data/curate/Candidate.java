package io.llama3v.data.curate;

import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;

/**
 * A record on its way through a pass, with its picture if a step of the pass asked for it. The picture is decoded once,
 * whatever number of steps look at it. One thread.
 */
public final class Candidate {
  private final CurationRecord record;
  private final byte[] bytes;
  private RgbImage image;

  /** @param bytes the encoded picture, or null where no step needs it */
  public Candidate(CurationRecord record, byte[] bytes) {
    this.record = record;
    this.bytes = bytes;
  }

  /** What is known so far. */
  public CurationRecord record() {
    return record;
  }

  /** The same picture with another record. */
  public Candidate with(CurationRecord other) {
    if (other == record) {
      return this;
    }
    Candidate next = new Candidate(other, bytes);
    next.image = image;
    return next;
  }

  /** Whether the encoded picture is at hand. */
  public boolean hasBytes() {
    return bytes != null;
  }

  /**
   * The encoded picture.
   *
   * @throws IllegalStateException if the step did not ask for pictures
   */
  public byte[] bytes() {
    if (bytes == null) {
      throw new IllegalStateException("sample '" + record.id() + "': this step's needsPictures() is false");
    }
    return bytes;
  }

  /**
   * The decoded picture, transparent parts on white.
   *
   * @throws ImageException if it is damaged; the engine has seen to that before a step is called
   */
  public RgbImage image() {
    if (image == null) {
      image = ImageDecoder.decode(bytes(), record.id());
    }
    return image;
  }
}
