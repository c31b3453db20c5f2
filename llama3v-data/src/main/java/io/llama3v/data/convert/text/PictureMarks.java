package io.llama3v.data.convert.text;

import io.llama3v.text.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with its pictures in their places. With marks, each {@code <image N>} becomes the N-th picture where it is met first, and the
 * words "image N" where it is met again; pictures that nothing mentions, and all of them without marks, come first.
 *
 * @param content  the parts of a message
 * @param order    number of the picture at each place, from 0, as it was before
 */
public record PictureMarks(List<Content> content, List<Integer> order) {
  private static final Pattern MARK = Pattern.compile("<image (\\d+)>");

  /** Places pictures. */
  public static PictureMarks place(String text, int pictures, boolean marked) {
    List<Integer> order = new ArrayList<>();
    List<Content> parts = new ArrayList<>();
    List<Content> spoken = new ArrayList<>();
    boolean[] shown = new boolean[pictures];
    int from = 0;
    StringBuilder words = new StringBuilder();
    Matcher m = MARK.matcher(text);
    while (marked && m.find()) {
      int index = Integer.parseInt(m.group(1)) - 1;
      if (index < 0 || index >= pictures) throw new IllegalArgumentException(m.group() + " of " + pictures + " pictures");
      words.append(text, from, m.start());
      from = m.end();
      if (shown[index]) {
        words.append("image ").append(index + 1);
        continue;
      }
      shown[index] = true;
      order.add(index);
      if (words.length() > 0) spoken.add(new Content.Text(words.toString()));
      words.setLength(0);
      spoken.add(new Content.Image());
    }
    words.append(text, from, text.length());
    if (words.length() > 0) spoken.add(new Content.Text(words.toString()));
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < shown.length; i++) {
      if (shown[i]) continue;
      parts.add(new Content.Image());
      all.add(i);
    }
    parts.addAll(spoken);
    all.addAll(order);
    return new PictureMarks(List.copyOf(parts), List.copyOf(all));
  }

  /** A text whose marks are numbered by the places that the pictures have got. */
  public String renumber(String text) {
    return MARK.matcher(text).replaceAll(m -> "<image " + (order.indexOf(Integer.parseInt(m.group(1)) - 1) + 1) + ">");
  }

  /** A text whose marks become words: what an answer says of pictures. */
  public static String spoken(String text, boolean marked) {
    return marked ? MARK.matcher(text).replaceAll("image $1") : text;
  }
}
