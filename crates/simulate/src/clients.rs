//! What people call with, about as often as they do.

use callscope_core::wire::{Client, Device, Software};

use crate::random::Random;

/// How a browser measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Reports all that there is.
    Chromium,
    /// Reports no transport, hence no path and no ICE round trip time.
    Firefox,
    /// Reports no limits of encoding.
    WebKit,
}

struct Kind {
    os: Option<&'static str>,
    versions: &'static [(f64, &'static str)],
    browser: Option<&'static str>,
    engine: Engine,
    devices: &'static [(f64, (&'static str, &'static str))],
    is_mobile: bool,
}

const WINDOWS: &[(f64, &str)] = &[(68.0, "11"), (32.0, "10")];
const MACOS: &[(f64, &str)] = &[(45.0, "26.1"), (35.0, "15.7"), (20.0, "14.8")];
const ANDROID: &[(f64, &str)] = &[(30.0, "16"), (30.0, "15"), (22.0, "14"), (18.0, "13")];
const IOS: &[(f64, &str)] = &[(50.0, "26.1"), (35.0, "18.7"), (15.0, "17.7")];
const NO_DEVICE: &[(f64, (&str, &str))] = &[];
const MAC: &[(f64, (&str, &str))] = &[(1.0, ("Apple", ""))];
const IPHONE: &[(f64, (&str, &str))] = &[(85.0, ("Apple", "iPhone")), (15.0, ("Apple", "iPad"))];
const PHONES: &[(f64, (&str, &str))] = &[
    (18.0, ("Samsung", "SM-S921B")),
    (12.0, ("Samsung", "SM-A546B")),
    (8.0, ("Samsung", "SM-A155F")),
    (10.0, ("Xiaomi", "2312DRA50G")),
    (7.0, ("Xiaomi", "23129RAA4G")),
    (9.0, ("Google", "Pixel 9")),
    (6.0, ("Google", "Pixel 8a")),
    (8.0, ("Motorola", "moto g84 5G")),
    (7.0, ("OPPO", "CPH2591")),
    (5.0, ("vivo", "V2318")),
    (4.0, ("OnePlus", "CPH2581")),
    (3.0, ("Huawei", "NOH-NX9")),
    (3.0, ("Lenovo", "TB-J606F")),
];

const fn desktop(
    os: &'static str,
    versions: &'static [(f64, &'static str)],
    browser: &'static str,
    engine: Engine,
) -> Kind {
    Kind {
        os: Some(os),
        versions,
        browser: Some(browser),
        engine,
        devices: if matches!(os.as_bytes(), b"macOS") {
            MAC
        } else {
            NO_DEVICE
        },
        is_mobile: false,
    }
}

const fn mobile(
    os: &'static str,
    versions: &'static [(f64, &'static str)],
    browser: &'static str,
    engine: Engine,
    devices: &'static [(f64, (&'static str, &'static str))],
) -> Kind {
    Kind {
        os: Some(os),
        versions,
        browser: Some(browser),
        engine,
        devices,
        is_mobile: true,
    }
}

/// The last is one that does not say what it is.
const KINDS: &[(f64, Kind)] = &[
    (
        32.0,
        desktop("Windows", WINDOWS, "Chrome", Engine::Chromium),
    ),
    (10.0, desktop("Windows", WINDOWS, "Edge", Engine::Chromium)),
    (3.5, desktop("Windows", WINDOWS, "Firefox", Engine::Firefox)),
    (1.0, desktop("Windows", WINDOWS, "Opera", Engine::Chromium)),
    (15.0, desktop("macOS", MACOS, "Chrome", Engine::Chromium)),
    (
        6.5,
        desktop("macOS", &[(1.0, "")], "Safari", Engine::WebKit),
    ),
    (
        1.5,
        desktop("macOS", &[(1.0, "")], "Firefox", Engine::Firefox),
    ),
    (
        1.5,
        desktop("Linux", &[(1.0, "")], "Chrome", Engine::Chromium),
    ),
    (
        0.8,
        desktop("Linux", &[(1.0, "")], "Firefox", Engine::Firefox),
    ),
    (
        2.2,
        desktop(
            "Chrome OS",
            &[(1.0, "16433.41.0")],
            "Chrome",
            Engine::Chromium,
        ),
    ),
    (
        12.5,
        mobile("Android", ANDROID, "Chrome", Engine::Chromium, PHONES),
    ),
    (
        1.0,
        mobile(
            "Android",
            ANDROID,
            "Samsung Internet",
            Engine::Chromium,
            &[(1.0, ("Samsung", "SM-S921B"))],
        ),
    ),
    (
        0.3,
        mobile("Android", ANDROID, "Firefox", Engine::Firefox, PHONES),
    ),
    (9.0, mobile("iOS", IOS, "Safari", Engine::WebKit, IPHONE)),
    (1.7, mobile("iOS", IOS, "Chrome", Engine::WebKit, IPHONE)),
    (
        1.5,
        Kind {
            os: None,
            versions: &[],
            browser: None,
            engine: Engine::Chromium,
            devices: NO_DEVICE,
            is_mobile: false,
        },
    ),
];

const CHROMIUM: &[(f64, &str)] = &[
    (58.0, "156.0.8078.79"),
    (24.0, "155.0.8031.112"),
    (10.0, "154.0.7984.90"),
    (8.0, "150.0.7797.61"),
];
const FIREFOX: &[(f64, &str)] = &[(70.0, "158.0"), (20.0, "157.0"), (10.0, "153.4")];
const WEBKIT: &[(f64, &str)] = &[(50.0, "26.1"), (35.0, "18.7"), (15.0, "17.7")];

/// Applications take new versions of the SDK when they get to it, or use none.
const SDKS: &[(f64, Option<(&str, &str)>)] = &[
    (41.0, Some(("twilio-video", "2.34.0"))),
    (18.0, Some(("twilio-video", "2.33.0"))),
    (14.0, Some(("twilio-video", "2.31.0"))),
    (9.0, Some(("twilio-video", "2.28.1"))),
    (5.0, Some(("twilio-video", "2.26.2"))),
    (4.0, Some(("twilio-video", "2.21.3"))),
    (9.0, None),
];

/// What one participant uses.
#[derive(Clone, Debug)]
pub(crate) struct Equipment {
    pub(crate) client: Client,
    pub(crate) engine: Engine,
    pub(crate) is_mobile: bool,
}

impl Equipment {
    pub(crate) fn of(random: &mut Random) -> Option<Self> {
        let kind = random.pick(KINDS)?;
        let versions = match kind.engine {
            Engine::Chromium => CHROMIUM,
            Engine::Firefox => FIREFOX,
            Engine::WebKit => WEBKIT,
        };
        let version = random.pick(versions).filter(|_| kind.browser.is_some());
        let device = random.pick(kind.devices);
        let sdk = random.pick(SDKS).copied().flatten();
        let client = Client {
            os: software(kind.os, random.pick(kind.versions).copied()),
            browser: software(kind.browser, version.copied()),
            device: Device {
                manufacturer: device.map(|(maker, _)| (*maker).to_owned()),
                model: text(device.map(|(_, model)| *model)),
            },
            sdk: software(sdk.map(|it| it.0), sdk.map(|it| it.1)),
            module: Some(env!("CARGO_PKG_VERSION").to_owned()),
        };
        Some(Self {
            client,
            engine: kind.engine,
            is_mobile: kind.is_mobile,
        })
    }
}

fn software(name: Option<&str>, version: Option<&str>) -> Software {
    Software {
        name: text(name),
        version: text(version),
    }
}

/// What is not said is unknown.
fn text(text: Option<&str>) -> Option<String> {
    text.filter(|it| !it.is_empty()).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn most_use_chrome_on_windows_and_some_say_nothing() {
        let mut random = Random::of(1, &[]);
        let mut browsers = BTreeMap::<_, u32>::new();
        for _ in 0..10_000 {
            let client = Equipment::of(&mut random).unwrap().client;
            *browsers
                .entry((client.os.name, client.browser.name))
                .or_default() += 1;
        }
        let most = browsers.iter().max_by_key(|(_, count)| **count).unwrap();
        assert_eq!(
            most.0,
            &(Some("Windows".to_owned()), Some("Chrome".to_owned()))
        );
        let unknown = browsers.get(&(None, None)).copied().unwrap_or_default();
        assert!((100..200).contains(&unknown), "{unknown}");
    }
}
