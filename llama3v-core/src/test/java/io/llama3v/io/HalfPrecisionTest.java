package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  @Test
  void everyPatternSurvivesWideningAndNarrowing() {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
      assertEquals((short) i, HalfPrecision.toHalf(HalfPrecision.fromHalf((short) i)), () -> "half");
      assertEquals((short) i, HalfPrecision.toBfloat16(HalfPrecision.fromBfloat16((short) i)), () -> "bfloat16");
    }
    float[] wide = new float[all.length];
    short[] narrow = new short[all.length];
    HalfPrecision.fromHalf(ShortBuffer.wrap(all), FloatBuffer.wrap(wide));
    HalfPrecision.toHalf(FloatBuffer.wrap(wide), ShortBuffer.wrap(narrow));
    assertArrayEquals(all, narrow);
    HalfPrecision.fromBfloat16(ShortBuffer.wrap(all), FloatBuffer.wrap(wide));
    HalfPrecision.toBfloat16(FloatBuffer.wrap(wide), ShortBuffer.wrap(narrow));
    assertArrayEquals(all, narrow);
  }

  @Test
  void wideningFollowsTheDefinition() {
    for (int i = 0; i < 0x7c00; i++) {
      int exponent = i >>> 10;
      int fraction = i & 0x3ff;
      double value = exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
      assertEquals((float) value, HalfPrecision.fromHalf((short) i));
      assertEquals((float) -value, HalfPrecision.fromHalf((short) (i | 0x8000)));
    }
    assertEquals(Float.POSITIVE_INFINITY, HalfPrecision.fromHalf((short) 0x7c00));
    assertEquals(Float.NEGATIVE_INFINITY, HalfPrecision.fromHalf((short) 0xfc00));
    assertTrue(Float.isNaN(HalfPrecision.fromHalf((short) 0x7c01)));
  }

  @Test
  void narrowingTakesTheNearestAndOfTwoTheEvenOne() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 0x7bff; i++) {
      float low = HalfPrecision.fromHalf((short) i);
      float high = HalfPrecision.fromHalf((short) (i + 1));
      float middle = (float) (((double) low + high) / 2);
      assertEquals(i + (i & 1), HalfPrecision.toHalf(middle));
      assertEquals(i, HalfPrecision.toHalf(Math.nextDown(middle)));
      assertEquals(i + 1, HalfPrecision.toHalf(Math.nextUp(middle)));
    }
    for (int n = 0; n < 20_000; n++) {
      int i = random.nextInt(0x7f7f);
      float low = HalfPrecision.fromBfloat16((short) i);
      float high = HalfPrecision.fromBfloat16((short) (i + 1));
      float middle = (float) (((double) low + high) / 2);
      assertEquals(i + (i & 1), HalfPrecision.toBfloat16(middle));
      assertEquals(i, HalfPrecision.toBfloat16(Math.nextDown(middle)));
      assertEquals(i + 1, HalfPrecision.toBfloat16(Math.nextUp(middle)));
    }
  }

  @Test
  void extremes() {
    assertEquals((short) 0x7c00, HalfPrecision.toHalf(65_520f));
    assertEquals((short) 0x7bff, HalfPrecision.toHalf(65_519.996f));
    assertEquals((short) 0x8000, HalfPrecision.toHalf(-1e-9f));
    assertEquals((short) 0x7f80, HalfPrecision.toBfloat16(Float.MAX_VALUE));
    assertEquals((short) 0xff80, HalfPrecision.toBfloat16(Float.NEGATIVE_INFINITY));
    assertEquals((short) 0x7fc0, HalfPrecision.toBfloat16(Float.NaN));
    assertTrue(Float.isNaN(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(Float.intBitsToFloat(0x7f800001)))));
    assertTrue(Float.isNaN(HalfPrecision.fromHalf(HalfPrecision.toHalf(Float.intBitsToFloat(0xff800001)))));
  }
}
