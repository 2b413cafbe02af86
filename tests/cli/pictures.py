# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures, good and odd, that tests make."""

import struct
import zlib

from PIL import Image, ImageDraw


def disc(size=(96, 64), *, colour=(200, 60, 30, 255), back=(0, 0, 0, 0)):
    """Return an ellipse on a transparent or plain ground, wider than high."""
    image = Image.new("RGBA", size, back)
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 8, size[1] - 8), fill=colour)
    return image


def bomb(path):
    """Write a PNG of a few bytes that says it has 30,000 x 30,000 pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def text_png(path):
    """Write a text that is called a picture."""
    path.write_text("I am no picture\n", encoding="utf-8")
    return path


def one_pixel(path):
    """Write a picture of one pixel."""
    Image.new("RGBA", (1, 1), (255, 0, 0, 255)).save(path)
    return path


def transparent(path):
    """Write a picture with nothing to be seen in it."""
    Image.new("RGBA", (128, 128), (0, 0, 0, 0)).save(path)
    return path


def one_coloured(path):
    """Write a picture of one colour."""
    Image.new("RGB", (128, 128), (40, 90, 160)).save(path)
    return path


def animated_gif(path):
    """Write two frames; the first one counts."""
    frames = [disc(back=(255, 255, 255, 255)).convert("RGB"), Image.new("RGB", (96, 64), (255, 255, 255))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


def cmyk_jpeg(path):
    """Write a picture for print."""
    disc(back=(255, 255, 255, 255)).convert("RGB").convert("CMYK").save(path, quality=95)
    return path


def sixteen_bit(path):
    """Write a grey picture of 16 bits a pixel."""
    grey = disc(colour=(60, 60, 60, 255), back=(255, 255, 255, 255)).convert("L")
    deep = Image.new("I;16", grey.size)
    deep.putdata([value * 257 for value in grey.tobytes()])
    deep.save(path)
    return path


def rotated(path):
    """Write a picture that lies on its side and says so: upright it is higher than wide."""
    exif = Image.Exif()
    exif[0x0112] = 6
    disc(back=(255, 255, 255, 255)).convert("RGB").save(path, exif=exif, quality=95)
    return path
