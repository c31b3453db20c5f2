package io.llama3v.data.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleNameTest {
  @ParameterizedTest
  @CsvSource({"a.png,a,png", "a/b.c/x.JPG,a/b.c/x,jpg", "000.seg.PNG,000,seg.png", "./a.txt,./a,txt", "_a_.txt,_a_,txt"})
  void splitsAtTheFirstDotOfTheBaseName(String name, String key, String extension) {
    assertEquals(Optional.of(new SampleName(key, extension)), SampleName.parse(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README", "a/.hidden.png", ".png", "a.", "__meta__.json", "__dir__/a.png", "a/b", ""})
  void othersBelongToNoSample(String name) {
    assertTrue(SampleName.parse(name).isEmpty());
  }

  @Test
  void accessorsFindMembersAndNameWhatIsMissing() {
    Sample sample = new Sample("k", Map.of("jpeg", new byte[] {1}, "txt", new byte[] {(byte) 0xff}, "json", "{\"a\":1}".getBytes()));
    assertArrayEquals(new byte[] {1}, sample.image());
    assertEquals(1, sample.json().get("a").asInt());
    assertThrows(SampleException.class, sample::text, "not UTF-8");
    SampleException e = assertThrows(SampleException.class, () -> new Sample("key7", Map.of()).image());
    assertTrue(e.getMessage().contains("key7"), e.getMessage());
  }
}
