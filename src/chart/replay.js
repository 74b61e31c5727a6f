// Draws what backend.rs wrote down: one call for a whole chart.
//
// `ops` holds codes, each followed by its arguments; a colour is two numbers, 0xRRGGBB and alpha.
//   0 fill     colour, n, n * (x, y, width, height)
//   1 line     width, dash, gap, draft, colour, n, n * (x, y); not a number lifts the pen
//   2 dot      x, y, radius, colour, ring width, ring colour
//   3 text     x, y, size, bold, horizontal 0-2, vertical 0-2, colour, length in `texts`
//   4 polygon  colour, n, n * (x, y)
//   5 clip     x, y, width, height
//   6 unclip
//   7 origin   x, y

const ALIGN = ["left", "center", "right"];
const BASELINE = ["top", "middle", "bottom"];

// A path in pieces of this many points is rasterised faster than in one.
const PIECE = 128;

const colours = new Map();

function colour(rgb, alpha) {
  const key = rgb * 256 + Math.round(alpha * 255);
  let text = colours.get(key);
  if (text === undefined) {
    text = `rgba(${rgb >> 16},${(rgb >> 8) & 255},${rgb & 255},${alpha})`;
    colours.set(key, text);
  }
  return text;
}

function trace(path, ops, from, to) {
  let down = false;
  for (let i = from; i < to; i += 2) {
    const x = ops[i];
    if (x !== x) {
      down = false;
    } else if (down) {
      path.lineTo(x, ops[i + 1]);
    } else {
      path.moveTo(x, ops[i + 1]);
      down = true;
    }
  }
}

function line(ctx, ops, i, n) {
  const width = ops[i];
  const dash = ops[i + 1];
  const from = i + 7;
  const to = from + 2 * n;
  ctx.strokeStyle = colour(ops[i + 4], ops[i + 5]);
  if (ops[i + 3] && !dash) {
    // A draft: four hairlines stand for one broad line, at a tenth of the cost.
    const path = new Path2D();
    trace(path, ops, from, to);
    const shift = (width - 1) / 4;
    ctx.lineWidth = 1;
    ctx.save();
    for (const [x, y] of [[-shift, -shift], [2 * shift, 0], [0, 2 * shift], [-2 * shift, 0]]) {
      ctx.translate(x, y);
      ctx.stroke(path);
    }
    ctx.restore();
    return;
  }
  ctx.lineWidth = width;
  if (dash) ctx.setLineDash([dash, ops[i + 2]]);
  // Pieces overlap in their end points, which shows only where a line is not opaque; dashes would start anew.
  const piece = dash || ops[i + 5] < 1 ? 2 * n : 2 * PIECE;
  for (let start = from; start < to; start += piece) {
    ctx.beginPath();
    trace(ctx, ops, start, Math.min(start + piece + 2, to));
    ctx.stroke();
  }
  if (dash) ctx.setLineDash([]);
}

export function fontOf(canvas) {
  return getComputedStyle(canvas).fontFamily;
}

function fontAt(size, bold, font) {
  return `${bold ? "600 " : ""}${size}px ${font}`;
}

export function measure(canvas, text, size, bold, font) {
  const ctx = canvas.getContext("2d");
  ctx.font = fontAt(size, bold, font);
  return ctx.measureText(text).width;
}

export function replay(canvas, ops, texts, font) {
  const ctx = canvas.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  let read = 0;
  let i = 0;
  while (i < ops.length) {
    switch (ops[i++]) {
      case 0: {
        ctx.fillStyle = colour(ops[i], ops[i + 1]);
        const n = ops[i + 2];
        i += 3;
        for (const end = i + 4 * n; i < end; i += 4) ctx.fillRect(ops[i], ops[i + 1], ops[i + 2], ops[i + 3]);
        break;
      }
      case 1: {
        const n = ops[i + 6];
        line(ctx, ops, i, n);
        i += 7 + 2 * n;
        break;
      }
      case 2: {
        ctx.beginPath();
        ctx.arc(ops[i], ops[i + 1], ops[i + 2], 0, 2 * Math.PI);
        ctx.fillStyle = colour(ops[i + 3], ops[i + 4]);
        ctx.fill();
        if (ops[i + 5] > 0) {
          ctx.lineWidth = ops[i + 5];
          ctx.strokeStyle = colour(ops[i + 6], ops[i + 7]);
          ctx.stroke();
        }
        i += 8;
        break;
      }
      case 3: {
        const length = ops[i + 8];
        ctx.font = fontAt(ops[i + 2], ops[i + 3], font);
        ctx.textAlign = ALIGN[ops[i + 4]];
        ctx.textBaseline = BASELINE[ops[i + 5]];
        ctx.fillStyle = colour(ops[i + 6], ops[i + 7]);
        ctx.fillText(texts.slice(read, read + length), ops[i], ops[i + 1]);
        read += length;
        i += 9;
        break;
      }
      case 4: {
        ctx.fillStyle = colour(ops[i], ops[i + 1]);
        const n = ops[i + 2];
        i += 3;
        ctx.beginPath();
        trace(ctx, ops, i, i + 2 * n);
        ctx.fill();
        i += 2 * n;
        break;
      }
      case 5:
        ctx.save();
        ctx.beginPath();
        ctx.rect(ops[i], ops[i + 1], ops[i + 2], ops[i + 3]);
        ctx.clip();
        i += 4;
        break;
      case 6:
        ctx.restore();
        break;
      case 7:
        ctx.setTransform(1, 0, 0, 1, ops[i], ops[i + 1]);
        i += 2;
        break;
      default:
        throw new Error(`chart: no operation ${ops[i - 1]} at ${i - 1}`);
    }
  }
}
