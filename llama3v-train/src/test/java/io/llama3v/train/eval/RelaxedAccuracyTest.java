package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelaxedAccuracyTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "105     | 100   | true",   // exactly 5 %
      "95      | 100   | true",
      "105.1   | 100   | false",
      "-100    | 100   | false",
      "12%     | 0.12  | true",
      "0.12    | 12%   | true",
      "12      | 12%   | false",
      "0       | 0     | true",
      "0.0     | 0     | false",  // a target of 0 is compared as a string
      "0.001   | 0     | false",
      "1,000   | 1000  | false",  // separators are not parsed
      "1,000   | 1,000 | true",
      "1e2     | 100   | true",
      "1f      | 1     | false",  // a number to Java, not to Python
      "1_00    | 100   | true",
      "nan     | 5     | false",
      "inf     | inf   | false",  // inf - inf
      "Yes     | yes   | true",
      "yes.    | yes   | false",
      "blue    | 5     | false"})
  void decides(String prediction, String target, boolean right) {
    assertEquals(right, RelaxedAccuracy.matches(prediction, target));
  }
}
