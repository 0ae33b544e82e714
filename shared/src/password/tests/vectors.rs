//! Hashes that other software made, each with its password.

/// better-auth 1.7.25: contract/transcripts/20-crypto-vectors.json.
pub(super) const BETTER_AUTH: [(&str, &str); 4] = [
    (
        "password1234",
        "99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9",
    ),
    (
        "Pässwörd ﬁ½",
        "d30a1d6a5827bd4c4b0e0f335cc22e2e:09167310c2b912eaef33d31c62b26aec8fe5178eeb48292f931473d28ea21d1881c284b19187c42260c3f48b7235576b8856881a82c7d085a7b148bee7dff62b",
    ),
    (
        "Ångström",
        "93f8c81980df64bd990524e97cc0c081:2c67170bf2d4a4372d8030f3033e8e1684fba60a6ff4d8168b81bf90a3cdc4cbabc11f8113199a6102a44e89bf58666748f2ac3987d1a486a235d052f649565b",
    ),
    (
        "😀😀😀😀",
        "c2aefa405be2cb7d4afab3f6f75f3dff:afae690121fa641c167878b9d7e0763d3780787aba78b9fabfda2e8a9a851a3cbbe576066b9c4e4fe28cbe989f45dfb060ec0eeb384150977136bfa25a705fb8",
    ),
];

/// argon2-cffi 25.1.0; the last as it was written before strings had a version.
pub(super) const ARGON2: [(&str, &str); 5] = [
    (
        "correct horse",
        "$argon2id$v=19$m=64,t=2,p=1$ZUz/KROSkrMRCVdlUOOt/g$6wGGlnD95wAZzHGog9UFyrirwdm9cQQ/BAx58R0QPkE",
    ),
    (
        "correct horse",
        "$argon2i$v=19$m=64,t=3,p=2$1lZg4K+CEkEUaC25Er6gLw$W/zdJvyAV9Mex3aS+nEyoCYUQwHB2WwFoDdw1HN+RZU",
    ),
    (
        "correct horse",
        "$argon2d$v=19$m=64,t=3,p=1$uqikcbAo6ghfTX3Th1r3SQ$dwIWa5xKOe28+nsC/cTOrnah0cF5ZvbEEKKrqclf/Cg",
    ),
    (
        "correct horse",
        "$argon2i$v=16$m=64,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$UDI33u2myiVk4zS2wTy76UwJhZVbTZRa2UaGLTBxkA8",
    ),
    (
        "correct horse",
        "$argon2i$m=64,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$UDI33u2myiVk4zS2wTy76UwJhZVbTZRa2UaGLTBxkA8",
    ),
];

/// bcrypt 4.0.1 for Python, and passlib 1.7.4 (the third). The fourth is longer than bcrypt reads.
pub(super) const BCRYPT: [(&str, &str); 6] = [
    ("correct horse", "$2b$04$am6/odaZUhPu.XhNK4KSBunIbBQT5GlGljFrc/cxOO2Y9iQwLHwc."),
    ("correct horse", "$2a$04$DGVwUiH8bDPnOri9BtbaP.fWSKhuc4W3RgpbKmVdCh/EUwCHPVC/."),
    ("correct horse", "$2y$04$urKY481HaOxmMpprQG2z4u6yH8wozA2W0Xhf80DiOGblUB5F3eH0i"),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxyz",
        "$2b$04$IWZJVB1wuUcJFuWqLutG0.wB6ri5bmS4KaU4rPb0ztCVrZR.l/S9K",
    ),
    ("Pässwörd ﬁ½", "$2b$04$vUa1CulLTxoBsoEE8etYJuih5h6Q05q176JqHOAMtr0ab3erPSi66"),
    ("", "$2b$04$9LL0naI2wUdyOViYClyzSus4qHSvUoO06Hq2t1zTiz2Xl2IIgVPwu"),
];

/// passlib 1.7.4.
pub(super) const PASSLIB: [(&str, &str); 6] = [
    (
        "correct horse",
        "$pbkdf2-sha256$1000$7x1DSEnJuTcGQAghpNRaSw$HcXtq1epj1TLQj9F4M8cYm.9B0Q5dj4axNdonzYuFoE",
    ),
    (
        "correct horse",
        "$pbkdf2-sha512$1000$MaZUCoHwPidkrHUOofS.Nw$wyQDpiFTv6mxTINr9jiNRnvTyGV1Q2p7FyOJX2P3IWgMyD6h7GIgp8aO4hCw4hanhR2snLQc3XbZreZUstE8/Q",
    ),
    ("correct horse", "$pbkdf2$1000$WAsh5DzHmDPmvPeekzKGEA$ASmE1EzLQ2KgEzfDD4nWlHv.x4g"),
    (
        "Pässwörd ﬁ½",
        "$pbkdf2-sha256$1000$zrmXco6x1hojBEAohdBayw$WYCZFRhJC/F77qpJCZC4U7Iz3OnyCM8CrN6lVH6yJlA",
    ),
    (
        "correct horse",
        "$scrypt$ln=10,r=8,p=1$5vwfw7gXghBCqPV+710LIQ$5fTwfAh46G+88hv3hQ52TJEVKZjwGDT7wVWze/BishA",
    ),
    (
        "correct horse",
        "$scrypt$ln=8,r=4,p=2$XYtRilGqdc4Zo/R+b+09hw$lbAEmdrWQ7t/9izRvi+8FhLyCyzDAaRPrcGXoTdlDj0",
    ),
];

/// Django 5.2.19.
pub(super) const DJANGO: [(&str, &str); 6] = [
    (
        "correct horse",
        "pbkdf2_sha256$1000$saltsaltsaltsalt$BBs+1+PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM=",
    ),
    ("correct horse", "pbkdf2_sha1$1000$saltsaltsaltsalt$EUcKisx+yviAqdTmlEPmy+5ykUU="),
    (
        "correct horse",
        "argon2$argon2id$v=19$m=64,t=2,p=1$eWpDeXpBM2RodXNpMmdKNllMaWk5bQ$MgnW+vKThLspPbk0KGpvPBO7yxB0NfnuYxgo85J46t4",
    ),
    ("correct horse", "bcrypt$$2b$04$iFdksfTf5FyRrpirCZmBm.kpL3oL84NMuWy3AwcJ3/6PHMIWCzjqe"),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxyz",
        "bcrypt_sha256$$2b$04$JqvzGWfen0MphFFVqocbJuZfYwhqkhpy8l0qTmHxQcTnq1Kke0IVi",
    ),
    (
        "correct horse",
        "scrypt$1024$saltsaltsalt$8$2$TeMDDwfxkx3jvETxzGN5IdCCG06h/emi3eSf1zTy9xoOPyOiqdrSv+/8g9u0e9PHbzTjiwQcn87dJ9XBmVfZYA==",
    ),
];

/// hashlib of Python 3.11, written as PHC strings. The last key is longer than a digest.
pub(super) const PHC: [(&str, &str); 4] = [
    (
        "correct horse",
        "$pbkdf2-sha256$i=1000,l=32$Af8B/wH/Af8B/wH/Af8B/w$ZkY80jDPUYExel+aIE1TOgVlAnhBJjVFtnH57Nu7zkY",
    ),
    (
        "correct horse",
        "$pbkdf2-sha512$i=1000,l=64$Af8B/wH/Af8B/wH/Af8B/w$dA+zM7oy1ykpC0sBI6h//Cq54x+lLZuOEiqNq6kYo7b502je/edln763W0yj+BYDxa/HBi27y5Wjw7QIy8lpsQ",
    ),
    (
        "correct horse",
        "$pbkdf2-sha1$i=1000,l=20$Af8B/wH/Af8B/wH/Af8B/w$XX7V7xO5QmKW4XpYQTHphNMVtNY",
    ),
    (
        "correct horse",
        "$pbkdf2-sha256$i=1000,l=64$+//7//v/+//7//v/+//7/w$CvkdidOLlidYTYD/DWlZEumyC3MzQ0JtgSXS3UeF6oeYHBPI5XOHmeQO1cRcdx3cGUfOLsHd8WMbSjpDiyTOYQ",
    ),
];

/// <https://github.com/firebase/scrypt>, the sample of its README, as Supabase Auth writes it.
pub(super) const FIREBASE: [(&str, &str); 1] = [(
    "user1password",
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
)];
