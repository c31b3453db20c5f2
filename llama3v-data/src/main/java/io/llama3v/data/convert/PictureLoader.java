package io.llama3v.data.convert;

import io.llama3v.data.format.PictureRoot;
import io.llama3v.data.format.PictureRoot.MissingException;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the pictures of conversations, those named from below one folder only. */
public final class PictureLoader {
  private final PictureRoot root;

  /** @param folder of named pictures; null where all come with the data */
  public PictureLoader(Path folder) throws IOException {
    this.root = folder == null ? null : new PictureRoot(folder);
  }

  /**
   * Reads the pictures of a conversation.
   *
   * @throws MissingException if one cannot be had, or is no picture; its reason is a word to count by
   */
  public List<LoadedPicture> load(Conversation conversation) throws IOException {
    List<LoadedPicture> all = new ArrayList<>(conversation.pictures().size());
    for (Picture picture : conversation.pictures()) all.add(load(picture));
    return all;
  }

  /** Whether all of some pictures are there; they are not read for it. */
  public boolean has(List<Picture> pictures) {
    return pictures.stream().allMatch(p -> !(p instanceof Picture.Named named) || Stream.concat(Stream.of(named.name()), named.alternatives().stream())
        .anyMatch(this::has));
  }

  private boolean has(String name) {
    try {
      return root != null && root.resolve(name) != null;
    } catch (MissingException e) {
      return false;
    }
  }

  private LoadedPicture load(Picture picture) throws IOException {
    LoadedPicture loaded = picture instanceof Picture.Embedded e ? new LoadedPicture(e, e.bytes(), null) : named((Picture.Named) picture);
    if (loaded.bytes().length > Limits.IMAGE_BYTES) {
      throw new MissingException("picture-too-large", "'" + picture.name() + "' has " + loaded.bytes().length + " bytes; at most " + Limits.IMAGE_BYTES);
    }
    if (ImageFormat.of(loaded.bytes()) == null) {
      throw new MissingException("no-picture", "'" + picture.name() + "' is not a picture (PNG, JPEG, GIF, BMP, WebP)");
    }
    return loaded;
  }

  private LoadedPicture named(Picture.Named picture) throws IOException {
    if (picture.name().matches("(?i)https?://.*")) {
      throw new MissingException("picture-remote", "'" + picture.name() + "' is on the network; download it and name the file");
    }
    if (root == null) throw new MissingException("picture-missing", "'" + picture.name() + "' is a file; say below which folder (--images)");
    MissingException first = null;
    List<String> names = new ArrayList<>(List.of(picture.name()));
    names.addAll(picture.alternatives());
    for (String name : names) {
      try {
        Path file = root.resolve(name);
        return new LoadedPicture(picture, root.read(name), file);
      } catch (MissingException e) {
        if (first == null || !e.reason().equals("picture-missing")) first = e;
      }
    }
    if (picture.alternatives().isEmpty()) throw first;
    throw new MissingException(first.reason(), first.getMessage() + " (nor as " + String.join(", ", picture.alternatives()) + ")");
  }
}
