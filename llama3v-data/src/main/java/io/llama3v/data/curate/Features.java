package io.llama3v.data.curate;

import java.nio.ByteBuffer;

/** Numbers as the bytes of a {@link CurationRecord#features() feature}, big-endian. */
public final class Features {
  private Features() {}

  public static byte[] of(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  public static byte[] of(int[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count);
    bytes.asIntBuffer().put(values, 0, count);
    return bytes.array();
  }

  public static byte[] of(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    bytes.asLongBuffer().put(values);
    return bytes.array();
  }

  public static float[] floats(byte[] feature) {
    float[] values = new float[feature.length / 4];
    ByteBuffer.wrap(feature).asFloatBuffer().get(values);
    return values;
  }

  public static int[] ints(byte[] feature) {
    int[] values = new int[feature.length / 4];
    ByteBuffer.wrap(feature).asIntBuffer().get(values);
    return values;
  }

  public static long[] longs(byte[] feature) {
    long[] values = new long[feature.length / 8];
    ByteBuffer.wrap(feature).asLongBuffer().get(values);
    return values;
  }
}
